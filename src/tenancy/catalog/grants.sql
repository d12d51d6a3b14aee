-- The directory reads the catalog and nothing else. The gateway, whose connections run tenants' SQL, reads none of it.
grant usage on schema insula to insula_directory, insula_gateway;
grant select on insula.tenant, insula.plan, insula.domain, insula.membership, insula.api_key, insula.generation, insula.wrapped_key
to insula_directory;

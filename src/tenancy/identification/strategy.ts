/** What one part of a request says about the tenant; whether there is such a tenant is another question. */
export interface TenantHint {
  /** The strategy that read it. */
  readonly source: string;
  readonly kind: 'slug' | 'domain' | 'id or slug';
  readonly value: string;
}

/** The parts of a request that can name a tenant. */
export interface RequestParts {
  /** The Host header, with or without a port. */
  readonly host?: string | undefined;
  /** The path of the URL; a query string is ignored. */
  readonly path?: string | undefined;
  /** The `x-tenant-id` header. */
  readonly header?: string | undefined;
  /** The tenant claim of the verified token. */
  readonly claim?: string | undefined;
}

export interface StrategyOptions {
  /** Domains of which each subdomain is a tenant, in lower case: `acme.localhost` under `localhost`. */
  readonly baseDomains: readonly string[];
}

/** One way to recognise a tenant: a pure function of the request. */
export interface IdentificationStrategy<Source extends string = string> {
  /** Its name, by which the settings switch it on. */
  readonly source: Source;
  /** @returns undefined when this part of the request is silent about the tenant. */
  read(request: RequestParts, options: StrategyOptions): Omit<TenantHint, 'source'> | undefined;
}

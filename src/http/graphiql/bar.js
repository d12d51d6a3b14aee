// The bar above GraphiQL: whoever is chosen there asks. It runs before GraphiQL does.
{
  const select = document.querySelector('#member');
  const elsewhere = document.querySelector('#elsewhere');
  const trouble = document.querySelector('#trouble');
  const send = window.fetch.bind(window);
  const CHOICE = 'insula:member';

  /** Asks the gateway beside the page's own address: `/graphql`, or `/t/{tenant}/graphql`. */
  async function ask(path, body) {
    const init = body && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    const response = await send(new URL(`development/${path}`, location.href), init);
    const reply = await response.json();
    if (!response.ok) throw new Error(reply.errors[0].message);
    return reply;
  }

  async function showMembers() {
    const { tenant, members } = await ask('members');
    document.title = `${tenant} · GraphiQL`;
    document.querySelector('#tenant').textContent = tenant;
    for (const { subject, roles } of members) {
      select.add(new Option(`${subject} (${roles.join(', ')})`, subject));
    }
    // Another tenant's page is of another origin, and knows nothing of what was chosen here: its link says it.
    const { hash, pathname } = location;
    const asked = new URLSearchParams(hash.slice(1)).get('member');
    if (asked !== null) history.replaceState(null, '', pathname);
    const before = asked ?? sessionStorage.getItem(CHOICE);
    if (members.some(({ subject }) => subject === before)) select.value = before;
  }

  async function tokenOf(subject) {
    if (!subject) throw new Error('Nobody to choose: put an authorization header into GraphiQL’s headers.');
    sessionStorage.setItem(CHOICE, subject);
    elsewhere.replaceChildren();
    const reply = await ask('token', { subject });
    const links = reply.elsewhere.map(({ slug, name, roles }) => {
      const link = document.createElement('a');
      link.href = addressIn(slug, reply.tenant, subject);
      link.textContent = `${name} (${roles.join(', ')})`;
      return link;
    });
    elsewhere.replaceChildren(...links);
    return reply.token;
  }

  /** The same page in another tenant, for the same person: the sub-domain or the path is the other's. */
  function addressIn(slug, here, subject) {
    const url = new URL(location.href);
    if (url.hostname.startsWith(`${here}.`)) url.hostname = slug + url.hostname.slice(here.length);
    else url.pathname = `/t/${slug}/graphql`;
    url.hash = new URLSearchParams({ member: subject });
    return url.href;
  }

  /** What goes wrong is shown in the bar; the request then goes without a token, and is refused. */
  async function toldInBar(getToken) {
    trouble.textContent = '';
    try {
      return await getToken();
    } catch (error) {
      trouble.textContent = error.message;
      return undefined;
    }
  }

  let token = toldInBar(async () => {
    await showMembers();
    return tokenOf(select.value);
  });
  select.addEventListener('change', () => {
    token = toldInBar(() => tokenOf(select.value));
  });

  // GraphiQL's requests, its question for the schema too, wait for the token. One in its own headers goes first.
  window.fetch = async (input, init) => {
    const request = new Request(input, init);
    const bearer = await token;
    if (bearer && !request.headers.has('authorization')) {
      request.headers.set('authorization', `Bearer ${bearer}`);
    }
    return send(request);
  };
}

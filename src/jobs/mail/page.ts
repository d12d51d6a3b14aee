import type { CaughtLetter } from './mailbox.ts';

/** Pages that show what was caught: `/mail` for people, `/mail.json` for programs. */
export function mailPages(letters: () => Promise<CaughtLetter[]>) {
  return {
    '/mail': async () => ({
      status: 200,
      contentType: 'text/html; charset=utf-8',
      body: render(await letters()),
    }),
    '/mail.json': async () => ({
      status: 200,
      contentType: 'application/json; charset=utf-8',
      body: JSON.stringify(await letters(), null, 2),
    }),
  };
}

function render(letters: readonly CaughtLetter[]): string {
  const articles = letters.map(
    ({ tenant, subject, from, to, at, messageId, text }) => `
<article>
<h2>${escapeHtml(subject)}</h2>
<p>${escapeHtml(at)}, tenant ${escapeHtml(tenant)}<br>
From ${escapeHtml(from.name)} &lt;${escapeHtml(from.address)}&gt;<br>
To ${escapeHtml(to.name)} &lt;${escapeHtml(to.address)}&gt;<br>
${escapeHtml(messageId)}</p>
<pre>${escapeHtml(text)}</pre>
</article>
<hr>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Mail</title>
<h1>Mail that was not sent</h1>
<p>Development catches it: ${letters.length} ${letters.length === 1 ? 'letter' : 'letters'}, the newest first. Reload for more; <a href="/mail.json">the same as JSON</a>.</p>
${articles.join('\n')}
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

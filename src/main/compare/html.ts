// SPDX-License-Identifier: Apache-2.0

/** Parts of a report's page. Everything that comes from a run or a user is escaped. */

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

/** A wide table scrolls inside its box, which the keyboard reaches. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (texts: readonly string[]): string =>
    texts
      .map((text, index) =>
        index === 0 ? `<th scope="row">${escaped(text)}</th>` : `<td>${escaped(text)}</td>`,
      )
      .join('');
  const titles = head.map((text) => `<th scope="col">${escaped(text)}</th>`).join('');
  return (
    `<div class="wide" role="region" tabindex="0" aria-label="${escaped(head.join(', '))}"><table><thead><tr>${titles}</tr></thead>` +
    `<tbody>${rows.map((texts) => `<tr>${cells(texts)}</tr>`).join('')}</tbody></table></div>`
  );
}

export function section(title: string, body: string): string {
  return body === '' ? '' : `<section><h2>${escaped(title)}</h2>${body}</section>`;
}

export function list(items: readonly string[]): string {
  return items.length === 0 ? '' : `<ul>${items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul>`;
}

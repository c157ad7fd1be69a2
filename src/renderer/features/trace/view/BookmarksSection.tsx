// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, type KeyboardEvent } from 'react';
import { formatDurationNs } from '#shared/base/units.ts';
import { notifyWithAction } from '#renderer/stores/notices.ts';
import { IconButton } from '#renderer/widgets/IconButton.tsx';
import { useBookmarks, type Bookmarks, type TraceBookmark } from '../model/bookmarks.ts';
import type { ReadyTrace } from '../model/ready.ts';

/** Notes on moments and ranges: gone to, renamed and deleted here, added with B on the timeline. */

interface BookmarkActions {
  readonly bookmarks: Bookmarks;
  readonly onGo: (bookmark: TraceBookmark) => void;
  /** The keyboard goes back to the timeline. */
  readonly onLeave: () => void;
}

function TextField({ bookmark, bookmarks, onLeave }: BookmarkActions & { readonly bookmark: TraceBookmark }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);
  const done = (): void => {
    const text = field.current?.value.trim() ?? '';
    if (text !== bookmark.text) bookmarks.rename(bookmark, text);
    bookmarks.edit(null);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Escape' && field.current !== null) field.current.value = bookmark.text;
    onLeave();
  };
  return (
    <input
      ref={field}
      className="field__input trace-bookmarks__field"
      type="text"
      aria-label="Note"
      placeholder="Note"
      defaultValue={bookmark.text}
      maxLength={2000}
      onKeyDown={onKeyDown}
      onBlur={done}
    />
  );
}

function Item({ bookmark, ...actions }: BookmarkActions & { readonly bookmark: TraceBookmark }) {
  const { bookmarks, onGo } = actions;
  const editing = useBookmarks(bookmarks, (state) => state.editing === bookmark.id);
  const { startNs, endNs, text } = bookmark;
  const name = text === '' ? (endNs === null ? 'Moment' : 'Range') : text;
  const when = formatDurationNs(startNs);
  const remove = (): void => {
    bookmarks.remove(bookmark);
    notifyWithAction(`Bookmark “${name}” deleted.`, {
      label: 'Undo',
      perform: () => bookmarks.restore(bookmark),
    });
  };
  return (
    <li className="trace-bookmarks__item">
      {editing ? (
        <TextField bookmark={bookmark} {...actions} />
      ) : (
        <button type="button" className="trace-details__link" title={text} onClick={() => onGo(bookmark)}>
          <span className="trace-details__link-name">{name}</span>
          <span className="trace-details__link-time">
            {endNs === null ? `at ${when}` : `${formatDurationNs(endNs - startNs)} from ${when}`}
          </span>
        </button>
      )}
      <IconButton icon="edit" label={`Rename ${name}`} small onClick={() => bookmarks.edit(bookmark.id)} />
      <IconButton icon="trash" label={`Delete ${name}`} small onClick={remove} />
    </li>
  );
}

interface BookmarksSectionProps extends BookmarkActions {
  readonly traces: readonly ReadyTrace[];
}

export function BookmarksSection({ traces, ...actions }: BookmarksSectionProps) {
  const items = useBookmarks(actions.bookmarks, (state) => state.items);
  const open = new Set(traces.map(({ session }) => session.source.sourceId));
  const shown = items.filter(({ sourceId }) => open.has(sourceId));
  if (shown.length === 0) return null;
  return (
    <section className="trace-bookmarks" aria-label="Bookmarks">
      <h3 className="trace-details__heading">Bookmarks</h3>
      <ul className="trace-bookmarks__list">
        {shown.map((bookmark) => (
          <Item key={bookmark.id} bookmark={bookmark} {...actions} />
        ))}
      </ul>
    </section>
  );
}

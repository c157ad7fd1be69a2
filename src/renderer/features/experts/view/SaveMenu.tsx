// SPDX-License-Identifier: Apache-2.0
import { Menu } from '#renderer/widgets/Menu.tsx';
import { saveFile } from '../model/save.ts';
import { asCsv, asJson, type TableFile } from '../model/table-file.ts';

interface SaveMenuProps {
  /** What is saved, for the button’s name. */
  readonly of: string;
  /** Proposed for the file. */
  readonly name: string;
  readonly table: () => TableFile;
  /** Text of an SVG, or a PNG in base64; absent where nothing is drawn. */
  readonly picture?: ((format: 'svg' | 'png') => string) | undefined;
}

/** What a view shows, as figures and as a picture. */
export function SaveMenu({ of, name, table, picture }: SaveMenuProps) {
  const figures = (['csv', 'json'] as const).map((format) => ({
    label: `Save as ${format.toUpperCase()}…`,
    perform: () => {
      void saveFile({ name, format, content: format === 'csv' ? asCsv(table()) : asJson(table()) });
    },
  }));
  const pictures = (['svg', 'png'] as const).map((format) => ({
    label: `Save as ${format.toUpperCase()}…`,
    perform: () => {
      if (picture !== undefined) void saveFile({ name, format, content: picture(format) });
    },
  }));
  return (
    <Menu
      label={`Save ${of}`}
      icon="export"
      items={picture === undefined ? figures : [...figures, ...pictures]}
    />
  );
}

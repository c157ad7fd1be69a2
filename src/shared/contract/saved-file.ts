// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';

/** Tables, figures, pictures and plans that views write. The user names the file; the window never does. */
export const savedFile = z.object({
  /** Proposed, without its ending. */
  name: z.string().regex(/^[\w.-]{1,120}$/),
  format: z.enum(['csv', 'json', 'yaml', 'svg', 'png']),
  /** Text; base64 for pictures of pixels. */
  content: z.string().max(1 << 28),
});
export type SavedFile = z.infer<typeof savedFile>;

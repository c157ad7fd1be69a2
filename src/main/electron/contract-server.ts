// SPDX-License-Identifier: Apache-2.0
import { ipcMain } from 'electron';
import type { IpcMainInvokeEvent } from 'electron';
import { IterscopeError, toFailure } from '#shared/base/errors.ts';
import type { Failure } from '#shared/base/errors.ts';
import { failed, ok } from '#shared/base/result.ts';
import type { Result } from '#shared/base/result.ts';
import { contract } from '#shared/contract/contract.ts';
import type { MethodOutput } from '#shared/contract/contract.ts';
import { methodChannel, methodNames } from '#shared/contract/methods.ts';
import type { MethodName } from '#shared/contract/methods.ts';
import type { z } from 'zod';
import { isAppAddress } from './security.ts';

export type MethodHandlers = {
  [M in MethodName]: (input: z.output<(typeof contract)[M]['input']>) => Promise<MethodOutput<M>>;
};

/** Only the top frame of our own page may ask. */
function checkSender(event: IpcMainInvokeEvent): void {
  const frame = event.senderFrame;
  if (frame?.parent === null && isAppAddress(frame.url)) return;
  throw new IterscopeError({
    code: 'request.foreign-sender',
    message: 'This page may not ask Iterscope anything.',
  });
}

type FailureListener = (method: MethodName, failure: Failure) => void;

function serve<M extends MethodName>(name: M, handler: MethodHandlers[M], onFailure: FailureListener): void {
  ipcMain.handle(methodChannel(name), async (event, raw: unknown): Promise<Result<unknown>> => {
    try {
      checkSender(event);
      const parsed = contract[name].input.safeParse(raw);
      if (!parsed.success) {
        const [issue] = parsed.error.issues;
        const message = `The request ${name} is malformed at ${issue?.path.join('.') ?? 'its top'}: ${issue?.message ?? 'unknown'}.`;
        throw new IterscopeError({ code: 'request.malformed', message });
      }
      return ok(await handler(parsed.data as z.output<(typeof contract)[M]['input']>));
    } catch (thrown) {
      const failure = toFailure(thrown);
      onFailure(name, failure);
      return failed(failure);
    }
  });
}

/** Answers every method of the contract; arguments are parsed before a handler sees them. */
export function serveContract(handlers: MethodHandlers, onFailure: FailureListener): void {
  for (const name of methodNames) serve(name, handlers[name], onFailure);
}

// SPDX-License-Identifier: Apache-2.0
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { delimiter, resolve } from 'node:path';
import { expect, test } from './app.ts';

/** A port that nobody listens at. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

test('a run of a server and its load shows each step with its state and its log', async ({ start }) => {
  const port = await freePort();
  const path = `${resolve('test/fakes/bin')}${delimiter}${process.env['PATH'] ?? ''}`;
  const { page } = await start({ env: { PATH: path, FAKE_TROUBLE: 'stall-under-load' } });
  const id = await page.evaluate(async (chosen) => {
    const form = { recipeId: 'tensorrt-llm-serve', window: '', torchTrace: false, perfectRouter: false };
    const parameters = { model: 'example/model', port: chosen };
    const rest = { expertStatistics: false, extraEnvironment: [], parameters };
    const started = await window.iterscope.invoke('runs.start', { ...form, ...rest });
    if (!started.ok) throw new Error(started.error.message);
    return (started.value as { id: string }).id;
  }, port);
  await page.getByRole('listitem').filter({ hasText: 'TensorRT-LLM' }).first().click();
  const steps = page.getByRole('list', { name: 'Steps' });
  await expect(steps.getByRole('listitem').filter({ hasText: 'Server' })).toContainText('answers');
  await expect(steps.getByRole('listitem').filter({ hasText: 'Load' })).toContainText('running');
  const log = page.getByRole('log', { name: 'Program output' });
  await expect(log).toContainText('Starting initial single prompt');
  await page.getByRole('radio', { name: 'Server', exact: true }).click();
  await expect(log).toContainText('Uvicorn running');
  await page.getByRole('button', { name: 'Cancel run' }).click();
  const table = page.getByRole('table', { name: 'Steps' });
  await expect(table.getByRole('row', { name: /Load/ })).toContainText('cancelled');
  expect(id).toContain('tensorrt-llm-serve');
});

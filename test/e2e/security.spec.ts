// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import { expect, test } from './app.ts';

test.describe('the window is locked in', () => {
  test('no Node, no Electron, nothing but the bridge', async ({ start }) => {
    const { page } = await start();
    const found = await page.evaluate(() => {
      const scope = globalThis as unknown as Record<string, unknown>;
      return {
        names: ['require', 'process', 'module', 'global', 'Buffer', '__dirname'].filter(
          (name) => scope[name] !== undefined,
        ),
        bridge: Object.keys(scope['iterscope'] as object).sort(),
        opener: window.opener === null,
      };
    });
    expect(found).toEqual({
      names: [],
      bridge: ['invoke', 'openFiles', 'requestEnginePort', 'subscribe'],
      opener: true,
    });
  });

  test('sandbox and isolation are on in what runs', async ({ start }) => {
    const { app } = await start();
    const preferences = await app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
        getLastWebPreferences: () => Record<string, unknown>;
      };
      const { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag } =
        contents.getLastWebPreferences();
      return { sandbox, contextIsolation, nodeIntegration, webSecurity, webviewTag };
    });
    expect(preferences).toEqual({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
    });
  });

  test('inline scripts, eval and foreign scripts do not run', async ({ start }) => {
    const { page } = await start();
    const outcome = await page.evaluate(async () => {
      const scope = globalThis as unknown as Record<string, unknown>;
      const violations: string[] = [];
      document.addEventListener('securitypolicyviolation', (event) =>
        violations.push(event.effectiveDirective),
      );
      const inline = document.createElement('script');
      inline.textContent = 'globalThis.inlineRan = true';
      document.body.append(inline);
      // In a task of its own: what the test's debugger evaluates directly is exempt from the policy.
      const evalRan = await new Promise<boolean>((resolve) => {
        setTimeout(() => {
          try {
            const run = scope['eval'] as (code: string) => unknown;
            run('1 + 1');
            resolve(true);
          } catch {
            resolve(false);
          }
        });
      });
      const foreign = document.createElement('script');
      foreign.src = 'https://example.invalid/x.js';
      const foreignFailed = new Promise((resolve) => {
        foreign.onerror = () => {
          resolve(true);
        };
      });
      document.body.append(foreign);
      return {
        inlineRan: scope['inlineRan'] === true,
        evalRan,
        foreignFailed: await foreignFailed,
        violations: [...new Set(violations)].sort(),
      };
    });
    expect(outcome.inlineRan).toBe(false);
    expect(outcome.evalRan).toBe(false);
    expect(outcome.foreignFailed).toBe(true);
    expect(outcome.violations).toContain('script-src-elem');
  });

  test('the network is out of reach', async ({ start }) => {
    const { page } = await start();
    const reached = await page.evaluate(() =>
      fetch('http://127.0.0.1:9/').then(
        () => true,
        () => false,
      ),
    );
    expect(reached).toBe(false);
  });

  test('it neither navigates nor opens windows', async ({ start }) => {
    const { app, page } = await start();
    const address = page.url();
    const opened = await page.evaluate(() => window.open('https://example.invalid/') !== null);
    await page.evaluate(() => {
      const link = document.createElement('a');
      link.href = 'https://example.invalid/';
      document.body.append(link);
      link.click();
      window.location.href = 'file:///etc/passwd';
    });
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
    expect(opened).toBe(false);
    expect(page.url()).toBe(address);
    expect(app.windows()).toHaveLength(1);
  });

  test('permissions are denied', async ({ start }) => {
    const { page } = await start();
    const states = await page.evaluate(async () => {
      const names = ['geolocation', 'notifications', 'camera', 'microphone', 'midi'];
      return Promise.all(
        names.map(
          async (name) => (await navigator.permissions.query({ name: name as PermissionName })).state,
        ),
      );
    });
    expect([...new Set(states)]).toEqual(['denied']);
    const position = await page.evaluate(
      () =>
        new Promise((resolve) => {
          navigator.geolocation.getCurrentPosition(
            () => {
              resolve('given');
            },
            (error) => {
              resolve(error.code === error.PERMISSION_DENIED ? 'denied' : 'failed');
            },
          );
        }),
    );
    expect(position).toBe('denied');
  });

  test('requests are parsed, unknown ones and other frames refused', async ({ start }) => {
    const { app, page } = await start();
    const codeOf = (method: string, input: unknown): Promise<string> =>
      page.evaluate(
        async ([name, argument]) => {
          const reply = await window.iterscope.invoke(
            name as Parameters<typeof window.iterscope.invoke>[0],
            argument,
          );
          return reply.ok ? 'ok' : reply.error.code;
        },
        [method, input] as const,
      );
    expect(await codeOf('runs.get', { id: '../../etc/passwd' })).toBe('request.malformed');
    expect(await codeOf('runs.get', undefined)).toBe('request.malformed');
    expect(await codeOf('settings.set', { version: 2, theme: 'neon' })).toBe('request.malformed');
    expect(await codeOf('shell.run', 'id')).toBe('request.unknown-method');
    expect(await codeOf('runs.get', { id: 'no-such-run' })).toBe('run.unknown');

    // The page holds files, never paths: it can name none, and a file that it made itself has none.
    expect(await codeOf('sources.fromPaths', { paths: ['/etc/hostname'] })).toBe('request.unknown-method');
    const made = await page.evaluate(() => window.iterscope.openFiles([new File(['{}'], 'a.json'), '/etc']));
    expect(made).toMatchObject({ ok: false, error: { code: 'source.no-path' } });

    // A page of another origin, with the same preload script: its requests must be refused.
    const foreign = await app.evaluate(async ({ BrowserWindow }, preload) => {
      const webPreferences = { preload, sandbox: true, contextIsolation: true };
      const other = new BrowserWindow({ show: false, webPreferences });
      await other.loadURL('data:text/html,<p>hello');
      const reply: unknown = await other.webContents.executeJavaScript(
        "window.iterscope.invoke('runs.list')",
      );
      other.destroy();
      return reply;
    }, resolve('dist/preload/index.cjs'));
    expect(foreign).toMatchObject({ ok: false, error: { code: 'request.foreign-sender' } });
  });

  test('the engine opens only what the application registered', async ({ start }) => {
    const { page } = await start();
    const reply = await page.evaluate(
      () =>
        new Promise((resolve) => {
          window.addEventListener('message', (event) => {
            const [port] = event.ports;
            if (port === undefined) return;
            port.onmessage = ({ data }: MessageEvent<{ type: string }>) => {
              if (data.type !== 'hello') resolve(data);
            };
            port.postMessage({
              type: 'call',
              id: 1,
              method: 'trace.open',
              input: { sourceId: '/etc/passwd' },
            });
          });
          window.iterscope.requestEnginePort();
        }),
    );
    expect(reply).toMatchObject({ type: 'error', error: { code: 'source.unknown' } });
  });

  test('addresses lead to no file outside of the application', async ({ start }) => {
    const { page } = await start();
    const statuses = await page.evaluate(() =>
      Promise.all(
        ['/..%2f..%2fpackage.json', '/%2e%2e/%2e%2e/package.json', '/no-such.js'].map(async (path) => {
          const response = await fetch(path);
          return response.ok;
        }),
      ),
    );
    expect(statuses).toEqual([false, false, false]);
  });
});

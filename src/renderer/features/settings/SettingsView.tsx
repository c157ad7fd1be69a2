// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState, type ReactNode } from 'react';
import { formatBytes } from '#shared/base/units.ts';
import type { AppInfo, CacheUsage } from '#shared/contract/app.ts';
import type { Settings } from '#shared/contract/settings.ts';
import { plural } from '#renderer/base/format.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { showDiagnostics, showInfo } from '#renderer/stores/navigation.ts';
import { notifyFailure } from '#renderer/stores/notices.ts';
import { useSettings } from '#renderer/stores/settings.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { IconButton } from '#renderer/widgets/IconButton.tsx';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { NumberField } from '#renderer/widgets/NumberField.tsx';
import { Select } from '#renderer/widgets/Select.tsx';
import { Switch } from '#renderer/widgets/Switch.tsx';
import { changeSetting } from './actions.ts';
import { cacheLimitProblem } from './model.ts';
import { ThemeSwitch } from './ThemeSwitch.tsx';
import './settings.css';

/** What the user can set; every change holds at once and is kept. */
export function SettingsView() {
  const { settings, problem } = useSettings();
  return (
    <div className="settings">
      <h1 className="settings__title">Settings</h1>
      {problem !== null && <Notice severity="warning">{problem}</Notice>}
      <Section title="Appearance">
        <div className="settings__row">
          <span>Theme</span>
          <ThemeSwitch />
        </div>
      </Section>
      <RunSettings settings={settings} />
      <StorageSettings limit={settings.cacheLimitGib} />
      <Section title="This Iterscope">
        <div className="settings__buttons">
          <Button
            icon="info"
            onClick={() => {
              showInfo(true);
            }}
          >
            Versions
          </Button>
          <Button
            icon="file"
            onClick={() => {
              showDiagnostics(true);
            }}
          >
            Diagnostics…
          </Button>
        </div>
      </Section>
    </div>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="settings__section" aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function RunSettings({ settings }: { readonly settings: Settings }) {
  return (
    <Section title="Runs">
      <Select
        label="Era of new runs"
        value={settings.era ?? 'recipe'}
        help="Which generation of TensorRT-LLM behaviour a new form starts with. In e1 a window A-B includes B, in e2 and e3 it stops before B."
        options={[
          { value: 'recipe', label: 'As the recipe says' },
          { value: 'e1', label: 'e1: A-B includes B' },
          { value: 'e2', label: 'e2: A-B stops before B' },
          { value: 'e3', label: 'e3: A-B stops before B' },
        ]}
        onChange={(value) =>
          void changeSetting({ era: value === 'e1' || value === 'e2' || value === 'e3' ? value : null })
        }
      />
      <Select
        label="Telemetry of profiled runs"
        value={settings.telemetryHz.toString()}
        help="How often processors, memory, disk and GPUs are sampled. A run without a recorder is sampled once a second at most, whatever is set here, so that nothing disturbs what it measures."
        options={telemetryRates.map((hz) => ({
          value: hz.toString(),
          label: hz === 1 ? 'once a second' : `${hz.toString()} times a second`,
        }))}
        onChange={(value) => {
          const hz = telemetryRates.find((rate) => rate.toString() === value);
          if (hz !== undefined) void changeSetting({ telemetryHz: hz });
        }}
      />
      <Switch
        label="Tell when a run has ended"
        checked={settings.notifications}
        onChange={(notifications) => void changeSetting({ notifications })}
        help="By a notification of the desktop, while another window has the focus."
      />
    </Section>
  );
}

const telemetryRates = [1, 2, 5, 10] as const;

function StorageSettings({ limit }: { readonly limit: number }) {
  const [text, setText] = useState(limit.toString());
  const [usage, setUsage] = useState<CacheUsage | null>(null);
  const [info, setInfo] = useState<AppInfo | null>(null);
  useEffect(() => {
    invoke('app.info').then(setInfo, notifyFailure);
    invoke('app.cacheUsage').then(setUsage, notifyFailure);
  }, [limit]);
  const problem = cacheLimitProblem(text);
  return (
    <Section title="Storage">
      <NumberField
        label="Limit of the trace cache"
        value={text}
        unit="GiB"
        min={1}
        max={10_000}
        whole
        help="Traces are read once into stores, so that they open at once later. Beyond this limit those that were not used for longest are removed; they are made again when their trace is opened."
        messages={problem === null ? [] : [{ severity: 'error', text: problem }]}
        onChange={(next) => {
          setText(next);
          if (cacheLimitProblem(next) === null) void changeSetting({ cacheLimitGib: Number(next) });
        }}
      />
      <p className="settings__quiet">
        {usage === null
          ? 'Looking at the cache…'
          : `${formatBytes(usage.bytes)} in ${plural(usage.stores, 'store')} now.`}
      </p>
      <dl className="settings__folders">
        {folders.map(([folder, label]) => (
          <div key={folder} className="settings__folder">
            <dt>{label}</dt>
            <dd>
              <span className="mono selectable">{info?.folders[folder] ?? '…'}</span>
              <IconButton
                icon="folder"
                label={`Open the folder of ${label.toLowerCase()}`}
                small
                onClick={() => {
                  invoke('app.openFolder', { folder }).catch(notifyFailure);
                }}
              />
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

const folders = [
  ['data', 'Runs and recipes'],
  ['cache', 'Trace cache'],
  ['config', 'Settings'],
  ['logs', 'Logs of Iterscope'],
] as const;

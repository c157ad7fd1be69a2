// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import { formatBytes, formatCount } from '#shared/base/units.ts';
import type { RunExit, RunManifest } from '#shared/contract/run.ts';
import { formatInstant, plural } from '#renderer/base/format.ts';
import { commandText, deathTexts, exitSentence, targetText, wallText } from './model.ts';

/** What reproduces the run: command, environment, host, versions; and how it ended. */
export function RunFacts({ manifest }: { readonly manifest: RunManifest }) {
  const { command, environment, host, exit } = manifest;
  return (
    <>
      <section aria-labelledby="overview-run">
        <h2 id="overview-run">Run</h2>
        <dl className="facts">
          <Fact label="Recipe">{manifest.recipeTitle}</Fact>
          <Fact label="Target">{targetText(manifest.target)}</Fact>
          <Fact label="Started">
            {manifest.startedAt === undefined ? 'never' : formatInstant(manifest.startedAt)}
          </Fact>
          <Fact label="Ended">
            {manifest.endedAt === undefined ? 'unknown' : formatInstant(manifest.endedAt)}
          </Fact>
          <Fact label="Exit">
            {exit === undefined ? 'The program’s end was not seen.' : exitSentence(exit)}
          </Fact>
          {exit !== undefined && <ExitFacts exit={exit} />}
        </dl>
      </section>
      <section aria-labelledby="overview-command">
        <h2 id="overview-command">Command</h2>
        <pre className="overview__command mono selectable">{commandText(command.program, command.args)}</pre>
        <dl className="facts">
          <Fact label="Folder">{command.cwd}</Fact>
        </dl>
      </section>
      <section aria-labelledby="overview-environment">
        <h2 id="overview-environment">Added to the environment</h2>
        {environment.length === 0 ? (
          <p className="overview__quiet">Nothing.</p>
        ) : (
          <dl className="facts facts--mono">
            {environment.map(({ name, value }) => (
              <Fact key={name} label={name}>
                {value}
              </Fact>
            ))}
          </dl>
        )}
      </section>
      <section aria-labelledby="overview-host">
        <h2 id="overview-host">Host and versions</h2>
        <dl className="facts">
          <Fact label="System">{host.os}</Fact>
          <Fact label="Processor">
            {host.cpu}, {formatCount(host.cores)} cores
          </Fact>
          <Fact label="Memory">{formatBytes(host.memoryBytes)}</Fact>
          <Fact label="GPUs">
            {manifest.gpus.length === 0 ? 'none' : manifest.gpus.map(({ name }) => name).join(', ')}
          </Fact>
          {Object.entries(manifest.versions).map(([name, version]) => (
            <Fact key={name} label={name}>
              {version}
            </Fact>
          ))}
        </dl>
      </section>
    </>
  );
}

/** What the end of the processes says beyond one sentence; runs of earlier versions say less. */
function ExitFacts({ exit }: { readonly exit: RunExit }) {
  const { userMs, systemMs, peakProcessRssBytes, leftBehind = 0, oomKills = 0 } = exit;
  const deaths = deathTexts(exit);
  return (
    <>
      {userMs !== undefined && systemMs !== undefined && (
        <Fact label="CPU split">
          {wallText(userMs)} user, {wallText(systemMs)} system
        </Fact>
      )}
      {peakProcessRssBytes !== undefined && (
        <Fact label="Largest process">{formatBytes(peakProcessRssBytes)} at its peak</Fact>
      )}
      {leftBehind > 0 && (
        <Fact label="Left behind">
          {plural(leftBehind, 'process', 'processes')} outlived the program and had to be ended
        </Fact>
      )}
      {deaths.length > 0 && (
        <Fact label="Killed">
          {deaths.map((text) => (
            <div key={text}>{text}</div>
          ))}
        </Fact>
      )}
      {oomKills > 0 && (
        <Fact label="Memory">
          The machine ran out of it and killed {plural(oomKills, 'process', 'processes')} meanwhile
        </Fact>
      )}
    </>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="facts__row">
      <dt>{label}</dt>
      <dd className="selectable">{children}</dd>
    </div>
  );
}

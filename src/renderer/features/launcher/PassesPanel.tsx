// SPDX-License-Identifier: Apache-2.0
import type { LaunchPreview, OptionsChange } from '#shared/contract/launch.ts';
import { estimateText } from './passes.ts';

/** The loads of the program that a form comes to, each with its reason and what it will take. */
export function PassesPanel({ passes }: { readonly passes: LaunchPreview['passes'] }) {
  if (passes.length === 0) return null;
  return (
    <section aria-labelledby="launcher-passes">
      <div className="launcher__section-head">
        <h2 id="launcher-passes">{passes.length === 1 ? 'One pass' : `${passes.length} passes`}</h2>
        <span className="launcher__quiet">each loads the program anew</span>
      </div>
      <ol className="launcher__passes" aria-label="Passes">
        {passes.map((pass) => (
          <li key={pass.title}>
            <span className="launcher__pass-title">{pass.title}</span>
            <span className="launcher__quiet tabular">{estimateText(pass.estimate)}</span>
            <p className="launcher__quiet">{pass.why}</p>
            {pass.steps.length > 1 && (
              <p className="launcher__quiet">{pass.steps.map(({ title }) => title).join(' → ')}</p>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

const signs = { same: ' ', added: '+', removed: '−' } as const;

/** What the program's options file becomes; the user's own is left as it is. */
export function OptionsPanel({ options }: { readonly options: OptionsChange | null }) {
  if (options === null) return null;
  return (
    <section aria-labelledby="launcher-options">
      <div className="launcher__section-head">
        <h2 id="launcher-options">Options file</h2>
        <span className="launcher__quiet">
          {options.base === null ? 'made for this run' : 'a copy in the run’s folder; yours is left as it is'}
        </span>
      </div>
      <pre className="launcher__diff mono selectable" tabIndex={0} aria-label="Changes of the options file">
        {options.lines.map(({ change, text }, index) => (
          // Lines have no identity but their place.
          <span key={index} className={`launcher__line launcher__line--${change}`}>
            {`${signs[change]} ${text}\n`}
          </span>
        ))}
      </pre>
    </section>
  );
}

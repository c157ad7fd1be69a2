// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import type { ArmName } from '#shared/contract/comparison-pass.ts';
import type { LaunchForm } from '#shared/contract/launch.ts';
import type { ContainerTarget } from '#shared/contract/target.ts';
import { newContainer, targetProblems } from '#renderer/base/launch-target.ts';
import { editArm, type ComparisonDraft } from '#renderer/stores/comparisons.ts';
import { mountsOf, mountsText, placeOf } from '../model/places.ts';
import { Choice, Row, TextInput } from './ArmRow.tsx';

const PLACE_HELP =
  'Where the arm runs: on this machine, or in a container of it. Two images are two versions of a program.';
const IMAGE_HELP = 'The image that the container is made of. Its id is kept with every pass.';
const MOUNTS_HELP =
  'Folders of this machine that the container sees, as /on/this/machine:/in/the/container, separated by commas; with :rw at the end it may write there.';

/** Where each arm runs; what a container needs to be told, once an arm runs in one. */
export function TargetRows({ draft }: { readonly draft: ComparisonDraft }) {
  const [a, b] = [containerOf(draft.a.form), containerOf(draft.b.form)];
  return (
    <>
      <Row name="Runs in" help={PLACE_HELP} differs={placeOf(draft.a.form) !== placeOf(draft.b.form)}>
        {(arm) => <PlaceChoice arm={arm} form={draft[arm].form} />}
      </Row>
      {(a !== null || b !== null) && (
        <>
          <FieldRow draft={draft} name="Image" help={IMAGE_HELP} field="image" />
          <FieldRow draft={draft} name="GPUs" help="all, none, or numbers such as 0,1." field="gpus" />
          <FieldRow
            draft={draft}
            name="Shared memory"
            help="Size of /dev/shm, such as 8g; empty leaves the runtime’s own 64 MB, too few for several GPUs."
            field="shmSize"
          />
          <Row
            name="Mounts"
            help={MOUNTS_HELP}
            differs={a !== null && b !== null && mountsText(a) !== mountsText(b)}
          >
            {(arm) => {
              const container = containerOf(draft[arm].form);
              return container === null ? <Nothing /> : <Mounts arm={arm} container={container} />;
            }}
          </Row>
        </>
      )}
    </>
  );
}

const containerOf = ({ target }: LaunchForm): ContainerTarget | null =>
  target?.kind === 'container' ? target : null;

/** On this machine nothing of a container is to be said. */
const Nothing = () => <span className="compare__quiet">–</span>;

function PlaceChoice({ arm, form }: { readonly arm: ArmName; readonly form: LaunchForm }) {
  return (
    <Choice
      label={`Place of ${arm.toUpperCase()}`}
      value={placeOf(form)}
      choices={[
        { value: 'local', label: 'this machine' },
        { value: 'docker', label: 'a docker container' },
        { value: 'podman', label: 'a podman container' },
      ]}
      onChange={(place) => {
        const kept = containerOf(form) ?? newContainer;
        const runtime = place === 'podman' ? 'podman' : 'docker';
        editArm(arm, () => ({ target: place === 'local' ? { kind: 'local' } : { ...kept, runtime } }));
      }}
    />
  );
}

interface FieldRowProps {
  readonly draft: ComparisonDraft;
  readonly name: string;
  readonly help: string;
  readonly field: 'image' | 'gpus' | 'shmSize';
}

function FieldRow({ draft, name, help, field }: FieldRowProps) {
  const [a, b] = [containerOf(draft.a.form), containerOf(draft.b.form)];
  return (
    <Row name={name} help={help} differs={a !== null && b !== null && a[field] !== b[field]}>
      {(arm) => {
        const container = arm === 'a' ? a : b;
        if (container === null) return <Nothing />;
        return (
          <TextInput
            label={`${name} of ${arm.toUpperCase()}`}
            value={container[field]}
            problem={targetProblems(container).get(`target.${field}`)}
            onChange={(value) => editArm(arm, () => ({ target: { ...container, [field]: value } }))}
          />
        );
      }}
    </Row>
  );
}

function Mounts({ arm, container }: { readonly arm: ArmName; readonly container: ContainerTarget }) {
  // What is typed is no list of mounts at every moment: the text is kept as it is.
  const [text, setText] = useState(() => mountsText(container));
  const problem = [...targetProblems(container)].find(([field]) => field.includes('mounts'))?.[1];
  return (
    <TextInput
      label={`Mounts of ${arm.toUpperCase()}`}
      value={text}
      problem={problem}
      onChange={(next) => {
        setText(next);
        editArm(arm, () => ({ target: { ...container, mounts: mountsOf(next) } }));
      }}
    />
  );
}

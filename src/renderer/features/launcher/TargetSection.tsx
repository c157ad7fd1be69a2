// SPDX-License-Identifier: Apache-2.0
import type { ContainerTarget, LaunchTarget } from '#shared/contract/target.ts';
import { Segmented } from '#renderer/widgets/Segmented.tsx';
import { Select } from '#renderer/widgets/Select.tsx';
import { TextField } from '#renderer/widgets/TextField.tsx';
import type { FieldMessage } from '#renderer/widgets/Field.tsx';
import { IMAGE_FIELD, newContainer } from '#renderer/base/launch-target.ts';
import { editForm, touchField } from '#renderer/stores/launcher.ts';
import { askedMessages } from './model.ts';
import { MountEditor } from './MountEditor.tsx';

interface TargetSectionProps {
  readonly target: LaunchTarget | undefined;
  readonly problems: ReadonlyMap<string, string>;
  /** Fields that are to be filled in and have not been touched. */
  readonly untouched: ReadonlyMap<string, string>;
}

/** Where the run happens: on this machine, or in a container of it. */
export function TargetSection({ target, problems, untouched }: TargetSectionProps) {
  return (
    <section className="launcher__section" aria-labelledby="launcher-target">
      <div className="launcher__section-head">
        <h2 id="launcher-target">Runs in</h2>
        <Segmented
          label="Target"
          value={target?.kind ?? 'local'}
          segments={[
            { value: 'local', label: 'Local' },
            { value: 'container', label: 'Container' },
          ]}
          onChange={(kind) => {
            editForm({ target: kind === 'container' ? newContainer : { kind: 'local' } });
          }}
        />
      </div>
      {target?.kind === 'container' && (
        <ContainerFields target={target} problems={problems} untouched={untouched} />
      )}
    </section>
  );
}

interface ContainerFieldsProps extends TargetSectionProps {
  readonly target: ContainerTarget;
}

function ContainerFields({ target, problems, untouched }: ContainerFieldsProps) {
  const set = (change: Partial<ContainerTarget>): void => {
    editForm({ target: { ...target, ...change } });
  };
  const said = (field: string, brief: string): readonly FieldMessage[] => {
    const text = problems.get(`target.${field}`);
    return text === undefined ? [] : [{ severity: 'error', text, brief }];
  };
  return (
    <>
      <div className="launcher__grid">
        <TextField
          label="Image"
          mono
          value={target.image}
          placeholder="registry/name:tag"
          help="The image that the container is made of. It must be on this machine, or the run begins by fetching it."
          required
          messages={untouched.has(IMAGE_FIELD) ? askedMessages : said('image', 'Name an image.')}
          onLeave={() => {
            touchField(IMAGE_FIELD);
          }}
          onChange={(image) => {
            set({ image });
          }}
        />
        <Select
          label="Runtime"
          help="The program that runs containers on this machine."
          value={target.runtime}
          options={[
            { value: 'docker', label: 'docker' },
            { value: 'podman', label: 'podman' },
          ]}
          onChange={(runtime) => {
            set({ runtime: runtime === 'podman' ? 'podman' : 'docker' });
          }}
        />
        <TextField
          label="GPUs"
          mono
          value={target.gpus}
          help="all, none, or numbers such as 0,1."
          messages={said('gpus', 'all, none, or 0,1')}
          onChange={(gpus) => {
            set({ gpus });
          }}
        />
        <TextField
          label="Shared memory"
          mono
          value={target.shmSize}
          placeholder="the runtime’s own"
          help="Size of /dev/shm, such as 8g. Ranks exchange data there: the runtime’s own 64 MB are too few for several GPUs."
          messages={said('shmSize', 'A size such as 8g')}
          onChange={(shmSize) => {
            set({ shmSize });
          }}
        />
        <ContainerRoles target={target} set={set} />
      </div>
      <MountEditor
        mounts={target.mounts}
        problems={problems}
        onChange={(mounts) => {
          set({ mounts });
        }}
      />
    </>
  );
}

interface ContainerRolesProps {
  readonly target: ContainerTarget;
  readonly set: (change: Partial<ContainerTarget>) => void;
}

function ContainerRoles({ target, set }: ContainerRolesProps) {
  return (
    <>
      <Select
        label="User"
        help="Whose files the run writes: yours, or those of the user that the image names."
        value={target.user}
        options={[
          { value: 'own', label: 'you' },
          { value: 'image', label: 'the image’s' },
        ]}
        onChange={(user) => {
          set({ user: user === 'image' ? 'image' : 'own' });
        }}
      />
      <Select
        label="Entry point"
        help="Whether the image’s own entry point is given the program, or the program takes its place."
        value={target.entryPoint}
        options={[
          { value: 'image', label: 'the image’s' },
          { value: 'program', label: 'the program' },
        ]}
        onChange={(entryPoint) => {
          set({ entryPoint: entryPoint === 'program' ? 'program' : 'image' });
        }}
      />
    </>
  );
}

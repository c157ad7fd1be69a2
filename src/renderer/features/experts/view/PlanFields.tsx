// SPDX-License-Identifier: Apache-2.0
import { Button } from '#renderer/widgets/Button.tsx';
import type { FieldMessage } from '#renderer/widgets/Field.tsx';
import { NumberField } from '#renderer/widgets/NumberField.tsx';
import { Select } from '#renderer/widgets/Select.tsx';
import type { Algorithm, PlanForm } from '../model/plan-form.ts';

type Field = Exclude<keyof PlanForm, 'algorithm'>;

const ALGORITHMS = [
  { value: 'tensorrt-llm', label: 'TensorRT-LLM: replicate, then place' },
  { value: 'deepseek', label: 'DeepSeek EPLB: groups stay on a node' },
];

const fields: readonly (readonly [field: Field, label: string, help: string, deepseek?: boolean])[] = [
  [
    'slots',
    'Slots',
    'Places for experts in each layer, over all ranks: num_slots. More than experts make room for replicas of hot ones; a multiple of the ranks.',
  ],
  [
    'nodes',
    'Nodes',
    'Machines that the ranks are spread over. Groups of experts stay within one, where they divide evenly.',
    true,
  ],
  [
    'groups',
    'Groups',
    'Groups of experts that a token’s router limits itself to; 1 where the model has none.',
    true,
  ],
  [
    'layerUpdates',
    'Layer updates',
    'layer_updates_per_iter of the file: layers that the engine places anew in every iteration. 0 keeps the placement.',
  ],
  ['madeFirst', 'Made on, first', 'First iteration whose loads make the plan.'],
  ['madeLast', 'Made on, last', 'Last iteration whose loads make the plan.'],
  ['judgedFirst', 'Judged on, first', 'First iteration that judges the plan; none that made it.'],
  ['judgedLast', 'Judged on, last', 'Last iteration that judges the plan.'],
];

const BYTES_HELP =
  'Size of one expert’s weights in one layer: 3 × hidden size × intermediate size × bytes per weight. Iterscope cannot know it from the statistics; with it, the memory of replicas is told.';

interface PlanFieldsProps {
  readonly form: PlanForm;
  readonly ranks: number;
  readonly problems: Partial<Record<Field, string>>;
  readonly bytesPerExpert: string;
  readonly onChange: (form: PlanForm) => void;
  readonly onBytesPerExpert: (text: string) => void;
  readonly onPlan: () => void;
  readonly onLoad: () => void;
}

export function PlanFields(props: PlanFieldsProps) {
  const { form, ranks, problems, bytesPerExpert, onChange, onBytesPerExpert, onPlan, onLoad } = props;
  const messages = (field: Field): readonly FieldMessage[] => {
    const text = problems[field];
    return text === undefined ? [] : [{ severity: 'error', text }];
  };
  const isWrong = Object.keys(problems).length > 0;
  return (
    <form
      className="plan-fields"
      aria-label="Plan"
      onSubmit={(event) => {
        event.preventDefault();
        onPlan();
      }}
    >
      <Select
        label="Algorithm"
        value={form.algorithm}
        options={ALGORITHMS}
        onChange={(next) => onChange({ ...form, algorithm: next as Algorithm })}
      />
      <p className="plan-fields__ranks">On {ranks} ranks, as chosen above.</p>
      {fields.map(([field, label, help, deepseek = false]) =>
        deepseek && form.algorithm !== 'deepseek' ? null : (
          <NumberField
            key={field}
            label={label}
            help={help}
            value={form[field]}
            min={0}
            max={1_048_576}
            whole
            messages={messages(field)}
            onChange={(text) => onChange({ ...form, [field]: text })}
          />
        ),
      )}
      <NumberField
        label="Bytes per expert"
        help={BYTES_HELP}
        value={bytesPerExpert}
        min={0}
        max={Number.MAX_SAFE_INTEGER}
        whole
        unit="B"
        onChange={onBytesPerExpert}
      />
      <div className="plan-fields__buttons">
        <Button type="submit" variant="primary" aria-disabled={isWrong}>
          Make the plan
        </Button>
        <Button onClick={onLoad}>Load a YAML…</Button>
      </div>
    </form>
  );
}

// SPDX-License-Identifier: Apache-2.0
import type { RecipeParameter } from '#shared/contract/recipe-parameter.ts';

export interface ParameterGroup {
  /** Empty for parameters that belong to none. */
  readonly title: string;
  readonly parameters: readonly RecipeParameter[];
}

/** Parameters by their groups, both in the recipe's order. */
export function groupsOf(parameters: readonly RecipeParameter[]): readonly ParameterGroup[] {
  const groups = new Map<string, RecipeParameter[]>();
  for (const parameter of parameters) {
    const { group = '' } = parameter;
    groups.set(group, [...(groups.get(group) ?? []), parameter]);
  }
  return [...groups].map(([title, members]) => ({ title, parameters: members }));
}

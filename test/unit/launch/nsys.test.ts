// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { gpuMetricsOption, nsysCommand } from '#main/launch/nsys.ts';
import { makeForm } from '../../builders/recipe.ts';

const singular = '\t--gpu-metrics-device=\n\n\t   GPU Metrics device selection';
const plural = '\t--gpu-metrics-devices=\n\n\t   Collect GPU Metrics from specified devices.';

describe('the option for GPU metrics', () => {
  test('is called as the help of the installed nsys has it, and as new ones do where nothing is known', () => {
    expect(gpuMetricsOption(singular)).toBe('--gpu-metrics-device');
    expect(gpuMetricsOption(plural)).toBe('--gpu-metrics-devices');
    expect(gpuMetricsOption(`${plural}\n\t--gpu-metrics-device is its former name`)).toBe(
      '--gpu-metrics-devices',
    );
    expect([gpuMetricsOption(null), gpuMetricsOption('')]).toEqual([
      '--gpu-metrics-devices',
      '--gpu-metrics-devices',
    ]);
  });

  test('stands in the command only where it was asked for', () => {
    const form = makeForm();
    const command = { program: 'engine', args: ['--fast'] };
    const of = (gpuMetrics: boolean): readonly string[] =>
      nsysCommand(
        { ...form, nsightOptions: { ...form.nsightOptions, gpuMetrics } },
        { windowed: true, gpuMetricsOption: '--gpu-metrics-device' },
        command,
      ).args;
    expect(of(true)).toContain('--gpu-metrics-device=all');
    expect(of(false).some((arg) => arg.startsWith('--gpu-metrics'))).toBe(false);
    expect(of(true).slice(-2)).toEqual(['engine', '--fast']);
  });
});

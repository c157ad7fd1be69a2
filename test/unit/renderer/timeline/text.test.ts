// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { luminance, readableOn } from '#renderer/timeline/palette.ts';
import { shortName, TextFitter } from '#renderer/timeline/text.ts';

describe('a name as it is drawn', () => {
  test.each([
    ['void at::native::vectorized_elementwise_kernel<8, at::Fill>(int)', 'vectorized_elementwise_kernel'],
    ['_ZN7cutlass13device_kernelIN2at4cudaEEvNT_6ParamsE', 'cutlass::device_kernel'],
    ['void (anonymous namespace)::softmax_warp_forward<float, 2>(float*, int)', 'softmax_warp_forward'],
    [
      'void at::native::(anonymous namespace)::vectorized_layer_norm_kernel<float>(int)',
      'vectorized_layer_norm_kernel',
    ],
    ['void ns::<unnamed>::copy<int>(int*)', 'copy'],
    ['aten::linear', 'aten::linear'],
    ['[Executor] _forward_step 20: 0 ctx reqs', '[Executor] _forward_step 20: 0 ctx reqs'],
    ['Memcpy DtoH (Device -> Pinned)', 'Memcpy DtoH (Device -> Pinned)'],
    ['nvjet_tst_64x8', 'nvjet_tst_64x8'],
    ['', ''],
  ])('%s is %s', (name, short) => {
    expect(shortName(name)).toBe(short);
  });
});

describe('fitting a text', () => {
  let measured = 0;
  // Ten pixels a letter.
  const context = {
    measureText: (text: string) => {
      measured += 1;
      return { width: text.length * 10 };
    },
  } as unknown as CanvasRenderingContext2D;

  test('cuts with an ellipsis and measures each text once', () => {
    const fitter = new TextFitter(context);
    expect(fitter.fit('attention', 90)).toBe('attention');
    expect(fitter.fit('attention', 60)).toBe('atten…');
    expect(fitter.fit('attention', 25)).toBe('');
    expect(measured).toBe(2);
  });
});

test('text on a kind takes the colour with the higher contrast', () => {
  expect(luminance('#ffffff')).toBeCloseTo(1);
  expect(readableOn('#ffdd88', '#0b0e12', '#ffffff')).toBe('#0b0e12');
  expect(readableOn('#333344', '#0b0e12', '#ffffff')).toBe('#ffffff');
});

import { expect, test } from 'vitest';
import { csv } from './csv';

test('a field that has a comma, a quote or a new line is quoted', () => {
  expect(csv([{ a: 'x,y', b: 'say "no"', c: 'two\nlines' }])).toBe('a,b,c\r\n"x,y","say ""no""","two\nlines"\r\n');
});

test('what is not known stays empty and is not 0', () => {
  expect(csv([{ a: null, b: 0 }])).toBe('a,b\r\n,0\r\n');
});

test('a text that a spreadsheet would run is kept a text, and a negative number a number', () => {
  expect(csv([{ a: '=HYPERLINK("http://evil")', b: -5 }])).toBe('a,b\r\n"\'=HYPERLINK(""http://evil"")",-5\r\n');
});

import { expect, test } from 'vitest';
import { botsChanged, brought } from './changed';
import type { ListedBot } from './queries';

const bot = (name: string, stage = 'LAB') => ({ namespace: 'desk', name, stage }) as unknown as ListedBot;

test('a Bot that changed is replaced in its place, and the others stay the very same', () => {
  const [a, b] = [bot('a'), bot('b')];
  const after = brought([a, b], { changed: [bot('b', 'PAPER')], gone: [] });
  expect(after.map(({ stage }) => stage)).toEqual(['LAB', 'PAPER']);
  expect(after[0]).toBe(a);
});

test('a new Bot comes in by its name, and one that is gone leaves', () => {
  const after = brought([bot('a'), bot('c')], { changed: [bot('b')], gone: [{ namespace: 'desk', name: 'c' }] });
  expect(after.map(({ name }) => name)).toEqual(['a', 'b']);
});

test('what is not an event of this version is no change', () => {
  expect(botsChanged('no JSON')).toBeNull();
  expect(botsChanged('{"changed": 1}')).toBeNull();
  expect(botsChanged('{"changed": [], "gone": []}')).toEqual({ changed: [], gone: [] });
});

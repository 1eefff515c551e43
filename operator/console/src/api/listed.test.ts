import { expect, test } from 'vitest';
import { reader } from './listed';

const answer = (tag: string | null, bots: string[], status = 200) => ({
  error: undefined,
  response: new Response(JSON.stringify({ bots }), { status, headers: tag === null ? {} : { etag: tag } }),
});

test('a list with the tag of the last one is the last one, and any other is read', async () => {
  const read = reader();
  const first = (await read(answer('W/"a"', ['one']))).data;
  expect((await read(answer('W/"a"', ['not read']))).data).toBe(first);
  expect((await read(answer('W/"b"', ['two']))).data).toEqual({ bots: ['two'] });
  expect((await read(answer('W/"a"', ['three']))).data).toEqual({ bots: ['three'] });
});

test('without a tag nothing is known, and a refusal is no list', async () => {
  const read = reader();
  await read(answer(null, ['one']));
  expect((await read(answer(null, ['two']))).data).toEqual({ bots: ['two'] });
  expect((await read(answer('W/"a"', [], 503))).data).toBeUndefined();
});

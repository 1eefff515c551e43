import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { Router } from 'wouter';
import { AtIssuer } from './sign-in';

afterEach(cleanup);

const shown = (issuer: string | null, search: string) =>
  render(
    <Router searchHook={() => search}>
      <AtIssuer issuer={issuer} />
    </Router>,
  );

test('an issuer is named by its host, and without one there is no button', () => {
  shown('https://sso.example/realms/desk', '');
  expect(screen.getByRole('link', { name: 'Sign in at sso.example' }).getAttribute('href')).toBe('/api/session/oidc');
  cleanup();
  shown(null, '');
  expect(screen.queryByRole('link')).toBeNull();
});

test('what came of the last try is told in words of this page, and never in those of the address', () => {
  shown('https://sso.example', 'refused=untrusted');
  expect(screen.getByRole('alert').textContent).toContain('authentication configuration');
  cleanup();
  for (const foreign of ['refused=<b>call 555</b>', 'refused=toString', 'refused=__proto__', '']) {
    shown('https://sso.example', foreign);
    expect(screen.queryByRole('alert')).toBeNull();
    cleanup();
  }
});

// How the console is built and tried out. In: src. Out: dist, or in development a server that passes /api on to a running one.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const api = process.env.ASSAYER_API ?? 'http://127.0.0.1:5000';

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2023',
    // A strict content security policy allows no data: script, and small files are cheap.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    manifest: true,
  },
  server: { proxy: { '/api': api } },
  preview: { proxy: { '/api': api } },
  test: { environment: 'jsdom', include: ['src/**/*.test.{ts,tsx}'] },
});

// What is shown where this console itself fails. In: a thrown error. Out: a page that says so, and a way back.
import { Component, type ReactNode } from 'react';
import { Mark } from '../parts/mark';

/** Keeps one broken page from taking the frame with it. */
export class Boundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <section className="failed" role="alert">
        <Mark shape="cross" tone="bad" large>
          This page failed
        </Mark>
        <p>{error.message}</p>
        <p>The installation is not affected. What the page would show is in the API, too: /api/openapi.json lists where.</p>
        <button
          type="button"
          className="button"
          onClick={() => {
            location.reload();
          }}
        >
          Load again
        </button>
      </section>
    );
  }
}

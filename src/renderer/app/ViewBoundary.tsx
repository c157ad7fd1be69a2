// SPDX-License-Identifier: Apache-2.0
import { Component, type ReactNode } from 'react';
import { Button } from '#renderer/widgets/Button.tsx';
import { EmptyState } from '#renderer/widgets/EmptyState.tsx';

interface ViewBoundaryProps {
  readonly children: ReactNode;
}

interface ViewBoundaryState {
  readonly message: string | null;
}

/** A view that breaks takes neither the window nor another view with it. */
export class ViewBoundary extends Component<ViewBoundaryProps, ViewBoundaryState> {
  override state: ViewBoundaryState = { message: null };

  static getDerivedStateFromError(thrown: unknown): ViewBoundaryState {
    return { message: thrown instanceof Error ? thrown.message : String(thrown) };
  }

  override render(): ReactNode {
    const { message } = this.state;
    if (message === null) return this.props.children;
    return (
      <EmptyState
        title="This view stopped by an error of its own"
        actions={
          <Button
            icon="again"
            onClick={() => {
              this.setState({ message: null });
            }}
          >
            Show it again
          </Button>
        }
      >
        Your run and your files are not affected. The error says:{' '}
        <span className="selectable">{message}</span>
      </EmptyState>
    );
  }
}

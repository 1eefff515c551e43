// How pages are looked at. In: whether pictures are wanted. Out: looks by name, each with what a browser needs for it.

const LOOKS = ['light', 'dark'].flatMap((colorScheme) => [
  [`${colorScheme}-wide`, { colorScheme, viewport: { width: 1360, height: 900 } }],
  [`${colorScheme}-narrow`, { colorScheme, viewport: { width: 360, height: 740 } }],
]);

/** All of them for pictures; otherwise the one in which least fits and which is least looked at. */
export const looks = (all) => (all ? LOOKS : LOOKS.filter(([name]) => name === 'dark-narrow'));

/** Line icons on a 16 grid, 1.6 stroke. One path each. */
const PATHS = {
  sheet: "M3 2h10v12H3zM5.5 5.5h5M5.5 8h5M5.5 10.5h3",
  findings: "M8 2v3M8 11v3M2 8h3M11 8h3M11 8a3 3 0 1 1-6 0 3 3 0 0 1 6 0",
  explore: "M2 8h4l2-5 2 10 1.5-5H14",
  roadmap: "M2 4h8M4 8h9M3 12h6",
  experiments: "M6 2v4L3 13h10L10 6V2M5 2h6",
  decisions: "M3 8l3 3 7-7",
  feedback: "M2 3h12v8H7l-3 3v-3H2z",
  usage: "M3 13V8M7 13V3M11 13V6",
  delivery: "M2 12c3 0 3-8 6-8s3 8 6 8",
  releases: "M8 2l5 5-5 7-5-7z",
  people: "M8.500 5.500a2.500 2.500 0 1 1-5 0 2.500 2.500 0 0 1 5 0M1.500 14c.5-3 2.500-4 4.500-4s4 1 4.500 4M11 3.500a2.500 2.500 0 0 1 0 4.600M12.500 10.400c1.200.6 1.900 1.700 2.100 3.600",
  stack: "M2 5l6-3 6 3-6 3zM2 8l6 3 6-3M2 11l6 3 6-3",
  settings: "M2 4.500h6M12 4.500h2M2 11.500h2M8 11.500h6M12 4.500a2 2 0 1 1-4 0 2 2 0 0 1 4 0M8 11.500a2 2 0 1 1-4 0 2 2 0 0 1 4 0",
  sun: "M8 1.500v1.500M8 13v1.500M1.500 8H3M13 8h1.500M3.400 3.400l1 1M11.600 11.600l1 1M3.400 12.600l1-1M11.600 4.400l1-1M11 8a3 3 0 1 1-6 0 3 3 0 0 1 6 0",
  moon: "M13.500 9.500A6 6 0 0 1 6.500 2.500a6 6 0 1 0 7 7z",
  system: "M2 3h12v8H2zM6 14h4M8 11v3",
  menu: "M2 4.500h12M2 8h12M2 11.500h12",
  search: "M7 11.500a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9zM10.500 10.500L14 14",
  more: "M3.500 8h.01M8 8h.01M12.500 8h.01",
  close: "M4 4l8 8M12 4l-8 8",
  download: "M8 2v8M4.500 7L8 10.500 11.500 7M3 13.500h10",
  upload: "M8 10.500v-8M4.500 6L8 2.500 11.500 6M3 13.500h10",
  trace: "M4.500 3.500a1.500 1.500 0 1 1-3 0 1.500 1.500 0 0 1 3 0M14.500 12.500a1.500 1.500 0 1 1-3 0 1.500 1.500 0 0 1 3 0M4.500 3.500h4a2.200 2.200 0 0 1 0 4.500h-1a2.200 2.200 0 0 0 0 4.500h4",
  external: "M6 3H3v10h10v-3M9 3h4v4M13 3L7.500 8.500",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return <svg className="ico" viewBox="0 0 16 16" aria-hidden="true"><path d={PATHS[name]} /></svg>;
}

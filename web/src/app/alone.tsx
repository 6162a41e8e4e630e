/** An error before there is a page to show it in. */
import type { ApiError } from "@/api/client";
import { Button } from "@/components/basics";

export function ErrorPageAlone({ error, retry }: { error: ApiError; retry: () => void }) {
  return <main className="status"><div><h1>{error.message}</h1><p className="sub">{error.mend}</p><div style={{ marginTop: 14 }}><Button primary onClick={retry}>Try again</Button></div></div></main>;
}

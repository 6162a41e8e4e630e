/** Deleting what can be brought back: said at the foot of the page, with its undo. */
import { useQueryClient } from "@tanstack/react-query";
import { toast, toastError } from "@/app/toast";

export function useUndoable() {
  const cache = useQueryClient();
  return async (said: string, act: () => Promise<unknown>, back: () => Promise<unknown>): Promise<boolean> => {
    try {
      await act();
    } catch (error) {
      toastError(error);
      return false;
    }
    toast(said, { undo: () => void back().then(() => cache.invalidateQueries(), toastError) });
    await cache.invalidateQueries();
    return true;
  };
}

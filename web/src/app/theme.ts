/** Mantine gives behaviour; the tokens give the look. */
import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

const accent: MantineColorsTuple = ["#edf1ff", "#dbe4ff", "#bac8ff", "#91a7ff", "#748ffc", "#5c7cfa", "#3b5bdb", "#364fc7", "#2f44ad", "#263890"];

export const theme = createTheme({
  fontFamily: "var(--font)",
  fontFamilyMonospace: "var(--mono)",
  primaryColor: "accent",
  primaryShade: { light: 6, dark: 3 },
  colors: { accent },
  defaultRadius: 6,
  fontSizes: { xs: "11.5px", sm: "12.5px", md: "13px", lg: "13.5px", xl: "15px" },
  headings: { fontFamily: "var(--font)" },
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Modal: { defaultProps: { transitionProps: { duration: 120 }, overlayProps: { backgroundOpacity: 1 }, closeButtonProps: { "aria-label": "Close" } } },
    Drawer: { defaultProps: { transitionProps: { duration: 140 }, closeButtonProps: { "aria-label": "Close" } } },
    Menu: { defaultProps: { withInitialFocusPlaceholder: false, shadow: undefined, transitionProps: { duration: 80 } } },
    Popover: { defaultProps: { transitionProps: { duration: 90 }, withinPortal: true } },
    Tooltip: { defaultProps: { openDelay: 250, withArrow: false, multiline: true, transitionProps: { duration: 80 } } },
    Select: { defaultProps: { size: "sm", checkIconPosition: "right" } },
    TextInput: { defaultProps: { size: "sm" } },
    Textarea: { defaultProps: { size: "sm", autosize: true, minRows: 3 } },
  },
});

const surfaces = {
  "--mantine-color-body": "var(--surface)",
  "--mantine-color-text": "var(--ink)",
  "--mantine-color-dimmed": "var(--ink-3)",
  "--mantine-color-bright": "var(--ink)",
  "--mantine-color-default": "var(--surface)",
  "--mantine-color-default-hover": "var(--hover)",
  "--mantine-color-default-color": "var(--ink)",
  "--mantine-color-default-border": "var(--line)",
  "--mantine-color-placeholder": "var(--ink-3)",
  "--mantine-color-error": "var(--bad)",
  "--mantine-color-anchor": "var(--accent)",
  "--mantine-color-disabled": "var(--line-soft)",
  "--mantine-color-disabled-color": "var(--ink-3)",
};

export const variables: CSSVariablesResolver = () => ({ variables: {}, light: surfaces, dark: surfaces });

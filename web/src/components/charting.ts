/** ECharts, only the parts in use. Loaded apart from the first page. */
import { BarChart, CustomChart, FunnelChart, HeatmapChart, LineChart, SankeyChart, ScatterChart } from "echarts/charts";
import { AriaComponent, DataZoomComponent, GraphicComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent, MarkPointComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { LabelLayout, LegacyGridContainLabel, UniversalTransition } from "echarts/features";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, CustomChart, FunnelChart, HeatmapChart, LineChart, SankeyChart, ScatterChart, AriaComponent, DataZoomComponent, GraphicComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent, MarkPointComponent, TooltipComponent, VisualMapComponent, LabelLayout, LegacyGridContainLabel, UniversalTransition, SVGRenderer]);

export { init };

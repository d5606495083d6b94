// One figure as a widget.

import { connect, mount } from "./screen.js";
import { loadVega, showFigure } from "./figure.js";

function render({ model, el }) {
  const { root, dispose } = mount(el, "mlm-figure-view");
  const kernel = connect(model);
  const vega = () => loadVega(model.get("_vega"), () => kernel.ask("vega", {}, { timeout: 60_000 }));
  const figure = showFigure(root, model.get("figure"), vega);
  const update = () => figure.update(model.get("figure"));
  model.on("change:figure", update);
  return () => {
    model.off("change:figure", update);
    figure.destroy();
    kernel.dispose();
    dispose();
  };
}

export default { render };

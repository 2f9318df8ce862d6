export {blur2} from "./blur.js";
export {default as extent} from "./extent.js";
export {default as max} from "./max.js";
export {default as nice} from "./nice.js";
export {default as thresholdSturges} from "./sturges.js";
export {default as ticks} from "./ticks.js";

// What WebGL tells of a graphics device: its names, and the numbers and extensions that go with maker and driver.

import { engine, isChromium } from "./browsers.mjs";
import { digest } from "./random.mjs";

const EXTENSIONS = [
  "ANGLE_instanced_arrays",
  "EXT_blend_minmax",
  "EXT_clip_control",
  "EXT_color_buffer_half_float",
  "EXT_depth_clamp",
  "EXT_float_blend",
  "EXT_frag_depth",
  "EXT_polygon_offset_clamp",
  "EXT_sRGB",
  "EXT_shader_texture_lod",
  "EXT_texture_compression_bptc",
  "EXT_texture_compression_rgtc",
  "EXT_texture_filter_anisotropic",
  "KHR_parallel_shader_compile",
  "OES_element_index_uint",
  "OES_fbo_render_mipmap",
  "OES_standard_derivatives",
  "OES_texture_float",
  "OES_texture_float_linear",
  "OES_texture_half_float",
  "OES_vertex_array_object",
  "WEBGL_color_buffer_float",
  "WEBGL_compressed_texture_astc",
  "WEBGL_compressed_texture_etc",
  "WEBGL_compressed_texture_s3tc",
  "WEBGL_compressed_texture_s3tc_srgb",
  "WEBGL_debug_renderer_info",
  "WEBGL_debug_shaders",
  "WEBGL_depth_texture",
  "WEBGL_draw_buffers",
  "WEBGL_lose_context",
  "WEBGL_multi_draw",
  "WEBGL_polygon_mode",
];
/** Extensions that only newer Chromiums have. */
const SINCE = { EXT_texture_mirror_clamp_to_edge: 149, WEBGL_render_shared_exponent: 151 };

/** How a later driver or browser writes the same device: `Direct3D11 vs_5_0 ps_5_0, D3D11` gains the driver's number. */
function written(renderer, driver) {
  if (driver === 0) return renderer;
  if (renderer.includes("Unspecified Version"))
    return renderer.replace("Unspecified Version", `Version 26.${driver} (Build 25${driver}C56)`);
  if (renderer.startsWith("ANGLE (")) return renderer.replace(/\)$/, `-31.0.101.${4000 + 37 * driver})`);
  return driver % 2 ? `${renderer}, OpenGL ES 3.2` : renderer;
}

/** The component webGlBasics. */
export function webGlBasics(device) {
  if (device.resisting)
    return {
      version: "WebGL 1.0",
      vendor: "Mozilla",
      vendorUnmasked: "Mozilla",
      renderer: "Mozilla",
      rendererUnmasked: "Mozilla",
      shadingLanguageVersion: "WebGL GLSL ES 1.0",
    };
  const chromium = isChromium(device.kind);
  const { vendor, renderer } = device.gpu;
  const exact = device.family === "firefox" || device.family === "safari" || device.os === "ios"; // these tell a rounded name
  return {
    version: chromium ? "WebGL 1.0 (OpenGL ES 2.0 Chromium)" : "WebGL 1.0",
    vendor: device.family === "firefox" ? "Mozilla" : "WebKit",
    vendorUnmasked: vendor,
    renderer: device.family === "firefox" ? renderer : "WebKit WebGL",
    rendererUnmasked: exact ? renderer : written(renderer, device.driver),
    shadingLanguageVersion: chromium ? "WebGL GLSL ES 1.0 (OpenGL ES GLSL ES 1.0 Chromium)" : "WebGL GLSL ES 1.0",
  };
}

/** The component webGlExtensions, with those parameters that are not the same everywhere. */
export function webGlExtensions(random, device) {
  const family = [
    device.os,
    isChromium(device.kind) ? "chromium" : device.family,
    device.resisting ? "" : device.gpu.renderer.replace(/\(0x.*/, ""),
  ];
  const seed = device.family === "brave" ? random.hex(8) : digest("webgl", family, Math.floor(device.driver / 2));
  const nibble = (at) => parseInt(seed[at % seed.length], 16);
  const size = [4096, 8192, 16384, 16384][nibble(0) % 4];
  const version = isChromium(device.kind) ? engine(device.family, device.release) : 0;
  const newer = Object.keys(SINCE).filter((name) => version >= SINCE[name]);
  return {
    contextAttributes: [
      "alpha=true",
      "antialias=true",
      "depth=true",
      "failIfMajorPerformanceCaveat=false",
      "powerPreference=default",
      "premultipliedAlpha=true",
      "stencil=false",
    ],
    parameters: [
      `ALIASED_LINE_WIDTH_RANGE=33902=1,${nibble(1) < 12 ? 1 : 8}`,
      `ALIASED_POINT_SIZE_RANGE=33901=1,${[1023, 1024, 511, 2048][nibble(2) % 4]}`,
      `MAX_COMBINED_TEXTURE_IMAGE_UNITS=35661=${[32, 64, 80, 192][nibble(3) % 4]}`,
      `MAX_CUBE_MAP_TEXTURE_SIZE=34076=${size}`,
      `MAX_FRAGMENT_UNIFORM_VECTORS=36349=${[1024, 4096, 512, 256][nibble(4) % 4]}`,
      `MAX_TEXTURE_SIZE=3379=${size}`,
      `MAX_VARYING_VECTORS=36348=${[30, 31, 15, 16][nibble(5) % 4]}`,
      `MAX_VERTEX_UNIFORM_VECTORS=36347=${[4095, 4096, 1024, 256][nibble(6) % 4]}`,
      `MAX_VIEWPORT_DIMS=3386=${size},${size}`,
      "SUBPIXEL_BITS=3408=4",
    ],
    shaderPrecisions: [
      `FRAGMENT_SHADER.MEDIUM_FLOAT=${nibble(7) < 10 ? "127,127,23" : "15,15,10"}`,
      "FRAGMENT_SHADER.HIGH_FLOAT=127,127,23",
      "VERTEX_SHADER.HIGH_FLOAT=127,127,23",
    ],
    extensions: [...EXTENSIONS.filter((_, at) => (at * 7 + nibble(at)) % 11 !== 0), ...newer].sort(),
    extensionParameters: [`MAX_TEXTURE_MAX_ANISOTROPY_EXT=34047=${[16, 8, 2, 16][nibble(8) % 4]}`],
    unsupportedExtensions: [],
  };
}

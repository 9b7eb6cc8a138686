// to_texture.comp: planes 0 to 2 of an output to one texel per invocation, a single plane as grey: float32 as they are, or
// 8-bit from black to white.
#include "include/grid.glsl"
#include "include/float.glsl"

layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };        // [channels, height, width]
#if defined(TEXELS_FLOAT)
layout(std430, binding = 1) writeonly restrict buffer Output { vec4 y[]; };       // [height, width]
#elif defined(TEXELS_NORMALIZED)
layout(std430, binding = 1) writeonly restrict buffer Output { uint y[]; };       // [height, width], red lowest
#else
#error TEXELS_NORMALIZED or TEXELS_FLOAT must be defined
#endif

// NaN is black.
uint byteOf(float value)
{
    if (isNaN(value))
        return 0u;
    precise float scaled = (value - black) * scale + 0.5;
    return scaled >= 255.0 ? 255u : scaled > 0.0 ? uint(scaled) : 0u;
}

void main()
{
    ivec2 position = gridPosition().xy;
    if (position.x >= width || position.y >= height)
        return;
    int element = position.y * width + position.x;
#ifdef BOTTOM_FIRST
    int target = (height - 1 - position.y) * width + position.x;
#else
    int target = element;
#endif

#if defined(TEXELS_FLOAT)
    vec4 texel = vec4(0.0, 0.0, 0.0, 1.0);
    for (int colour = 0; colour < 3; colour++)
    {
        int channel = channels == 1 ? 0 : colour;
        if (channel < channels)
            texel[colour] = x[channel * height * width + element];
    }
#else
    uint texel = 0xFF000000u;
    for (int colour = 0; colour < 3; colour++)
    {
        int channel = channels == 1 ? 0 : colour;
        if (channel < channels)
            texel |= byteOf(x[channel * height * width + element]) << (8 * colour);
    }
#endif
    y[target] = texel;
}

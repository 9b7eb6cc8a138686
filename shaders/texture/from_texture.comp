// from_texture.comp: one texel per invocation to a pipeline's input: normalised colours as 0 to 255, floating-point ones as
// they are; grey as Pillow's convert("L"), whose weights these are.
#include "include/grid.glsl"

layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
layout(std430, binding = 0) writeonly restrict buffer Output { float y[]; };      // [channels, height, width], channels 1 or 3
layout(binding = 0) uniform highp sampler2D source;

// Not texelFetch, which makes linear colours of sRGB whatever the sampler says.
vec3 colourAt(ivec2 position)
{
    return textureLod(source, (vec2(position) + 0.5) / vec2(width, height), 0.0).rgb;
}

void main()
{
    ivec2 position = gridPosition().xy;
    if (position.x >= width || position.y >= height)
        return;
    int target = position.y * width + position.x;
#ifdef BOTTOM_FIRST
    position.y = height - 1 - position.y;
#endif

    vec3 colour = colourAt(position);
#ifdef TEXELS_GREY
    colour = colour.rrr;
#endif
#if defined(TEXELS_NORMALIZED)
    uvec3 bytes = uvec3(colour * 255.0 + 0.5);
    colour = vec3(bytes);
    float grey = float((19595u * bytes.r + 38470u * bytes.g + 7471u * bytes.b + 0x8000u) >> 16);
#elif defined(TEXELS_FLOAT)
    precise float grey = 19595.0 / 65536.0 * colour.r + 38470.0 / 65536.0 * colour.g + 7471.0 / 65536.0 * colour.b;
#else
#error TEXELS_NORMALIZED or TEXELS_FLOAT must be defined
#endif
#ifdef TEXELS_GREY
    // Its own weighted mean would be rounded.
    grey = colour.r;
#endif

    if (channels == 1)
    {
        y[target] = grey;
        return;
    }
    for (int channel = 0; channel < 3; channel++)
        y[channel * height * width + target] = colour[channel];
}

// plane.frag: one pixel of a plane, in grey or in signed colours: blue below the range's middle, orange above it; or of three
// planes as red, green and blue. Magnified: the nearest texel; minified: the mean of the texels that the pixel touches. NaN, or
// infinities of both signs in one mean, is magenta.
#include "include/pixel.glsl"
#include "include/float.glsl"

uniform sampler2DArray planes;
uniform int layer;
uniform vec2 range;  // shown as black and as white, or as the strongest blue and orange
uniform bool isSigned;
uniform bool isColour;  // of this layer and the two behind it
uniform vec3 brightestBelow;  // the colours of either end
uniform vec3 brightestAbove;

out vec4 color;

float meanUnder(ivec2 extent, int plane)
{
    uvec2 pixel = uvec2(pixelInRectangle());
    uvec2 size = uvec2(rectangle.zw);
    ivec2 first = ivec2(pixel * uvec2(extent) / size);
    ivec2 end = min(ivec2(((pixel + 1u) * uvec2(extent) + size - 1u) / size), extent);
    float sum = 0.0;
    for (int row = first.y; row < end.y; row++)
    {
        for (int column = first.x; column < end.x; column++)
            sum += texelFetch(planes, ivec3(column, row, plane), 0).r;
    }
    return sum / float((end.x - first.x) * (end.y - first.y));
}

float valueOf(int plane)
{
    ivec2 extent = textureSize(planes, 0).xy;
    bool isMinified = extent.x > rectangle.z || extent.y > rectangle.w;
    return isMinified ? meanUnder(extent, plane) : texelFetch(planes, ivec3(nearestTexel(extent), plane), 0).r;
}

float greyOf(float value)
{
    // Halves, because the difference of two large values may overflow. A range of one value shows black up to it.
    float width = 0.5 * range.y - 0.5 * range.x;
    float above = 0.5 * value - 0.5 * range.x;
    float scaled = width > 0.0 ? above / width : 2.0 * above;
    return scaled > 0.0 ? min(scaled, 1.0) : 0.0;
}

void main()
{
    float value = valueOf(layer);
    float grey = greyOf(value);
    if (isColour)
    {
        float green = valueOf(layer + 1);
        float blue = valueOf(layer + 2);
        vec3 mixed = floor(255.0 * vec3(grey, greyOf(green), greyOf(blue)) + 0.5) / 255.0;
        color = isNaN(value) || isNaN(green) || isNaN(blue) ? vec4(1.0, 0.0, 1.0, 1.0) : vec4(mixed, 1.0);
        return;
    }
    vec3 strongest = grey < 0.5 ? brightestBelow : brightestAbove;
    vec3 shown = isSigned ? abs(2.0 * grey - 1.0) * strongest : vec3(grey);
    shown = floor(255.0 * shown + 0.5) / 255.0;
    color = isNaN(value) ? vec4(1.0, 0.0, 1.0, 1.0) : vec4(shown, 1.0);
}

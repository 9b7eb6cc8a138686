// heat.frag: one pixel of a plane of heat: 0 is black, up to 1 a scale from blue over green to yellow, beyond 1 red.
// Minified, the hottest of the texels that the pixel touches, so that a single one is seen.
#include "include/pixel.glsl"

uniform sampler2DArray planes;
uniform int layer;

out vec4 color;

float hottestUnder(ivec2 extent)
{
    uvec2 pixel = uvec2(pixelInRectangle());
    uvec2 size = uvec2(rectangle.zw);
    ivec2 first = ivec2(pixel * uvec2(extent) / size);
    ivec2 end = min(ivec2(((pixel + 1u) * uvec2(extent) + size - 1u) / size), extent);
    float hottest = 0.0;
    for (int row = first.y; row < end.y; row++)
    {
        for (int column = first.x; column < end.x; column++)
            hottest = max(hottest, texelFetch(planes, ivec3(column, row, layer), 0).r);
    }
    return hottest;
}

void main()
{
    ivec2 extent = textureSize(planes, 0).xy;
    bool isMinified = extent.x > rectangle.z || extent.y > rectangle.w;
    float heat = isMinified ? hottestUnder(extent) : texelFetch(planes, ivec3(nearestTexel(extent), layer), 0).r;

    vec3 cold = mix(vec3(0.15, 0.20, 0.50), vec3(0.13, 0.57, 0.55), clamp(2.0 * heat, 0.0, 1.0));
    vec3 warm = mix(cold, vec3(0.99, 0.91, 0.15), clamp(2.0 * heat - 1.0, 0.0, 1.0));
    color = vec4(heat <= 0.0 ? vec3(0.0) : heat > 1.0 ? vec3(1.0, 0.1, 0.1) : warm, 1.0);
}

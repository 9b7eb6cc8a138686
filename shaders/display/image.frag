// image.frag: one pixel of an RGBA image with premultiplied alpha, the nearest texel.
#include "include/pixel.glsl"

uniform sampler2D image;

out vec4 color;

void main()
{
    color = texelFetch(image, nearestTexel(textureSize(image, 0)), 0);
}

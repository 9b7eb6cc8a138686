// Which texels a pixel of a rectangle shows, in whole numbers, so that no rounding moves the image.
uniform ivec4 rectangle;        // left, top, width, height in pixels, y down
uniform int framebufferHeight;  // pixels

// The pixel within the rectangle, y down.
ivec2 pixelInRectangle()
{
    ivec2 pixel = ivec2(gl_FragCoord.xy);
    return ivec2(pixel.x, framebufferHeight - 1 - pixel.y) - rectangle.xy;
}

// The texel under the pixel's centre.
ivec2 nearestTexel(ivec2 extent)
{
    uvec2 pixel = uvec2(pixelInRectangle());
    return min(ivec2((2u * pixel + 1u) * uvec2(extent) / (2u * uvec2(rectangle.zw))), extent - 1);
}

// from_pixels.comp: four elements of a pipeline's 8-bit input per invocation, from a picture's bytes as its source gave them;
// bit for bit what Frame.CopyPlanar makes of it. PIXELS_RGB: red, green and blue at each pixel. PIXELS_LUMA: luma at each
// pixel, chroma at each two, or four, of them.
#include "include/grid.glsl"

layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
layout(std430, binding = 0) readonly restrict buffer Picture { uint picture4[]; };  // [(bytes + 3) / 4], first byte lowest
layout(std430, binding = 1) writeonly restrict buffer Packed { uint packed4[]; };   // [(channels * height * width + 3) / 4]

int byteAt(int index)
{
    return int((picture4[index >> 2] >> (8 * (index & 3))) & 0xFFu);
}

uint valueAt(int channel, int row, int column)
{
    int pixel = row * stride + column * pixelStep;
#if defined(PIXELS_RGB)
    if (channels == 3)
        return uint(byteAt(pixel + (channel == 0 ? first : channel == 1 ? second : third)));
    return uint((19595 * byteAt(pixel + first) + 38470 * byteAt(pixel + second) + 7471 * byteAt(pixel + third) + 0x8000) >> 16);
#elif defined(PIXELS_LUMA)
    int value = lumaScale * (byteAt(pixel + first) - black) + 0x8000;
    if (channels == 3)
    {
        int pair = row / pairRows * stride + column / 2 * pairStep;
        // Blue has no Cr, and red no Cb.
        if (channel < 2)
            value += (channel == 0 ? crInRed : crInGreen) * (byteAt(pair + third) - 128);
        if (channel > 0)
            value += (channel == 1 ? cbInGreen : cbInBlue) * (byteAt(pair + second) - 128);
    }
    return uint(clamp(value >> 16, 0, 255));
#else
#error PIXELS_RGB or PIXELS_LUMA must be defined
#endif
}

void main()
{
    int word = gridPosition().x;
    int count = channels * height * width;
    if (word >= (count + 3) / 4)
        return;

    int column = 4 * word % width;
    int row = 4 * word / width;
    int channel = row / height;
    row %= height;
    uint values = 0u;
    for (int k = 0; k < 4 && 4 * word + k < count; k++)
    {
        values |= valueAt(channel, row, column) << (8 * k);
        if (++column == width)
        {
            column = 0;
            if (++row == height)
            {
                row = 0;
                channel++;
            }
        }
    }
    packed4[word] = values;
}

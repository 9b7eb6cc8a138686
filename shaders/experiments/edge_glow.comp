// edge_glow.comp: one element per invocation of red, green and blue: the picture, darkened, under its edges, which glow in a
// colour that pulses. The halo is the greatest gradient nearby, less the farther it is; a group finds its gradients once.
// @input 3
// @local 16,16
// @param colour glow = #40c0ff "Glow"
// @param float strength 0..4 = 1.5 "Strength"
// @param int halo 0..6 = 3 "Halo"
// @param float pulse 0..2 = 0.5 "Pulses a second"
// @param choice gradient sobel|scharr = sobel "Gradient"
#include "include/grid.glsl"

layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };    // [channels, inputHeight, inputWidth]
layout(std430, binding = 1) writeonly restrict buffer Output { float y[]; };  // [channels, outputHeight, outputWidth]

// The gradients of the group's pixels and of those around it.
const int mostHalo = 6;
const ivec2 tileSize = ivec2(LOCAL_X, LOCAL_Y) + 2 * mostHalo;
shared float edges[tileSize.x * tileSize.y];

float grey(ivec2 at)
{
    ivec2 inside = clamp(at, ivec2(0), ivec2(inputWidth, inputHeight) - 1);
    int element = inside.y * inputWidth + inside.x;
    int planeSize = inputWidth * inputHeight;
    return 0.299 * x[element] + 0.587 * x[planeSize + element] + 0.114 * x[2 * planeSize + element];
}

// The length of the gradient, 0 to about 1.
float edge(ivec2 at)
{
    // The middle of each side counts for more than its corners: twice, or 10 to 3.
    vec2 weights = gradient == 0 ? vec2(1.0, 2.0) / 4.0 : vec2(3.0, 10.0) / 16.0;
    vec2 slope = vec2(0.0);
    for (int i = -1; i <= 1; i++)
    {
        float weight = i == 0 ? weights.y : weights.x;
        slope.x += weight * (grey(at + ivec2(1, i)) - grey(at + ivec2(-1, i)));
        slope.y += weight * (grey(at + ivec2(i, 1)) - grey(at + ivec2(i, -1)));
    }
    return length(slope) / 255.0;
}

void main()
{
    ivec3 position = gridPosition();
    ivec2 local = ivec2(gl_LocalInvocationID.xy);
    for (int i = int(gl_LocalInvocationIndex); i < tileSize.x * tileSize.y; i += LOCAL_X * LOCAL_Y)
        edges[i] = edge(position.xy - local - mostHalo + ivec2(i % tileSize.x, i / tileSize.x));
    barrier();
    if (position.x >= outputWidth || position.y >= outputHeight || position.z >= channels)
        return;

    float light = 0.0;
    for (int i = -halo; i <= halo; i++)
    {
        for (int j = -halo; j <= halo; j++)
        {
            float near = 1.0 - length(vec2(j, i)) / float(halo + 1);
            light = max(light, near * edges[(local.y + mostHalo + i) * tileSize.x + local.x + mostHalo + j]);
        }
    }
    light *= strength * (0.75 + 0.25 * cos(6.2831853 * pulse * time));
    float picture = x[(position.z * inputHeight + position.y) * inputWidth + position.x];
    y[(position.z * outputHeight + position.y) * outputWidth + position.x] = 0.4 * picture + 255.0 * light * glow[position.z];
}

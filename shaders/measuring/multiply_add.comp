// multiply_add.comp: STEPS multiply-adds in each of eight chains per invocation, what a device's peak is measured by. Factor
// and addend come from a buffer and the sum goes to one, so that nothing is known when it is compiled, or left out.
#include "include/grid.glsl"

layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };     // [2]: factor, addend
layout(std430, binding = 1) writeonly restrict buffer Output { float y[]; };   // [count]

void main()
{
    int i = gridPosition().x;
    if (i >= count)
        return;

    vec4 factor = vec4(x[0]);
    vec4 addend = vec4(x[1]);
    precise vec4 first = vec4(i & 255) + vec4(0.0, 1.0, 2.0, 3.0);
    precise vec4 second = first + 4.0;
    for (int step = 0; step < STEPS; step += 4)
    {
        first = fma(first, factor, addend);
        second = fma(second, factor, addend);
        first = fma(first, factor, addend);
        second = fma(second, factor, addend);
        first = fma(first, factor, addend);
        second = fma(second, factor, addend);
        first = fma(first, factor, addend);
        second = fma(second, factor, addend);
    }
    y[i] = dot(first + second, vec4(1.0));
}

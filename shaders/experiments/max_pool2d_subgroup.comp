// max_pool2d_subgroup.comp: a subgroup finds the maximum of one window together, each of its invocations of every n-th
// element; without GL_KHR_shader_subgroup a subgroup is one invocation, and it does all of it. Long windows profit; those of
// 2x2 do not.
// @op max_pool2d
// @local 32,4
#extension GL_KHR_shader_subgroup_basic : enable
#extension GL_KHR_shader_subgroup_arithmetic : enable
#include "include/grid.glsl"
#include "include/maximum.glsl"

layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };      // [planes, inputHeight, inputWidth]
layout(std430, binding = 1) writeonly restrict buffer Output { float y[]; };    // [planes, outputHeight, outputWidth]
#ifdef WITH_INDICES
layout(std430, binding = 2) writeonly restrict buffer Indices { int index[]; }; // [planes, outputHeight, outputWidth], row * inputWidth + column
#endif

#if defined(GL_KHR_shader_subgroup_basic) && defined(GL_KHR_shader_subgroup_arithmetic)
#define SUBGROUPS
#endif

// The first tap of a window that is not before the input; it keeps the window's phase.
int firstTap(int start, int dilation)
{
    return start >= 0 ? start : start + (-start + dilation - 1) / dilation * dilation;
}

int taps(int first, int end, int dilation)
{
    return first < end ? (end - first + dilation - 1) / dilation : 0;
}

// The window of one element: its maximum, and where that is in the plane. Invocation lane of lanes takes every lanes-th tap.
void find(ivec3 position, int lane, int lanes, out float best, out int winner)
{
    ivec2 start = position.xy * ivec2(strideWidth, strideHeight) - ivec2(paddingLeft, paddingTop);
    ivec2 end = min(start + (ivec2(kernelWidth, kernelHeight) - 1) * ivec2(dilationWidth, dilationHeight) + 1, ivec2(inputWidth, inputHeight));
    ivec2 first = ivec2(firstTap(start.x, dilationWidth), firstTap(start.y, dilationHeight));
    ivec2 count = ivec2(taps(first.x, end.x, dilationWidth), taps(first.y, end.y, dilationHeight));
    int plane = position.z * inputHeight * inputWidth;

    best = negativeInfinity();
    winner = first.y * inputWidth + first.x;
    for (int tap = lane; tap < count.x * count.y; tap += lanes)
    {
        ivec2 at = first + ivec2(tap % count.x, tap / count.x) * ivec2(dilationWidth, dilationHeight);
        float value = x[plane + at.y * inputWidth + at.x];
        if (takes(value, best))
        {
            best = value;
            winner = at.y * inputWidth + at.x;
        }
    }
}

void put(ivec3 position, float best, int winner)
{
    int target = (position.z * outputHeight + position.y) * outputWidth + position.x;
    y[target] = best;
#ifdef WITH_INDICES
    index[target] = winner;
#endif
}

void main()
{
    float best;
    int winner;
#ifdef SUBGROUPS
    // Element by element of the subgroup's own: every invocation helps with each of them.
    ivec3 own = gridPosition();
    for (uint k = 0u; k < gl_SubgroupSize; k++)
    {
        // The position of invocation k, by a sum in which only it takes part.
        bool isIts = gl_SubgroupInvocationID == k;
        ivec3 position = subgroupAdd(isIts ? own : ivec3(0));
        bool isThere = subgroupAdd(isIts ? 1 : 0) == 1 && position.x < outputWidth && position.y < outputHeight && position.z < planes;
        if (!isThere)
            continue;
        find(position, int(gl_SubgroupInvocationID), int(gl_SubgroupSize), best, winner);
        // PyTorch's rule: the last NaN, else the first of the greatest.
        bool isNone = isNaN(best);
        int lastNaN = subgroupMax(isNone ? winner : -1);
        float greatest = subgroupMax(isNone ? negativeInfinity() : best);
        int firstGreatest = subgroupMin(!isNone && best == greatest ? winner : 0x7FFFFFFF);
        if (isIts)
            put(position, lastNaN >= 0 ? uintBitsToFloat(0x7FC00000u) : greatest, lastNaN >= 0 ? lastNaN : firstGreatest);
    }
#else
    ivec3 position = gridPosition();
    if (position.x >= outputWidth || position.y >= outputHeight || position.z >= planes)
        return;
    find(position, 0, 1, best, winner);
    put(position, best, winner);
#endif
}

// PyTorch's rule for a maximum: the first of equal values wins, NaN wins, and the last NaN stays.
#include "include/float.glsl"

// Whether an element takes the place of the best of those before it.
bool takes(float value, float best)
{
    return value > best || isNaN(value);
}

// The same where the elements do not come in order: each with its place.
bool takes(float value, int place, float best, int bestPlace)
{
    if (isNaN(value) || isNaN(best))
        return isNaN(value) && (!isNaN(best) || place > bestPlace);
    return value > best || value == best && place < bestPlace;
}

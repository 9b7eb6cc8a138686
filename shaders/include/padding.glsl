// Where a tap at position (in elements, may be outside) finds its value along an axis: -1 stands for a zero. With
// PADDING_NONE no tap is outside.
int sourceOf(int position, int extent)
{
#if defined(PADDING_REFLECT)
    return position < 0 ? -position : position >= extent ? 2 * (extent - 1) - position : position;
#elif defined(PADDING_REPLICATE)
    return clamp(position, 0, extent - 1);
#elif defined(PADDING_CIRCULAR)
    return position < 0 ? position + extent : position >= extent ? position - extent : position;
#elif defined(PADDING_NONE)
    return position;
#elif defined(PADDING_ZEROS)
    return position >= 0 && position < extent ? position : -1;
#else
#error a padding mode must be defined
#endif
}

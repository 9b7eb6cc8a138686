using LivePool.Core.Tensors;

namespace LivePool.Plugin.Unity;

/// <summary>The last stage's output as a texture: channels 0 to 2 as red, green and blue; a single channel as grey.</summary>
internal static unsafe class FeatureTexture
{
    /// <param name="engine">An engine that has run.</param>
    /// <param name="update">The texture's size: the output's, with 4 bytes (8 bits a colour) or 16 (float32, the values as they are).</param>
    /// <param name="pixels">Where they go, rows from the top.</param>
    public static void Fill(Engine engine, in TextureUpdate update, void* pixels)
    {
        int stage = engine.StageCount - 1;
        TensorShape shape = engine.StageShape(stage);
        if (update.Width != shape.W || update.Height != shape.H)
        {
            throw new StatusException(Status.InvalidArgument,
                $"the texture is {update.Width}x{update.Height}, the result {shape.W}x{shape.H}; make the texture anew");
        }
        if (update.BytesPerPixel is not (4 or 16))
            throw new StatusException(Status.InvalidArgument, $"the texture has {update.BytesPerPixel} bytes a pixel; use RGBA32 (4) or RGBAFloat (16)");

        (float black, float white) = engine.Display;
        ReadOnlySpan<float> output = engine.Output(stage);
        int count = shape.H * shape.W;
        for (int colour = 0; colour < 4; colour++)
        {
            int channel = shape.C == 1 ? 0 : colour;
            bool isAlpha = colour == 3 || channel >= shape.C;
            ReadOnlySpan<float> plane = isAlpha ? default : output.Slice(channel * count, count);
            if (update.BytesPerPixel == 16)
                FillFloats((float*)pixels + colour, plane, count, colour == 3 ? 1 : 0);
            else
                FillBytes((byte*)pixels + colour, plane, count, colour == 3 ? byte.MaxValue : (byte)0, black, white);
        }
    }

    private static void FillFloats(float* target, ReadOnlySpan<float> plane, int count, float otherwise)
    {
        for (int i = 0; i < count; i++)
            target[4 * i] = plane.IsEmpty ? otherwise : plane[i];
    }

    private static void FillBytes(byte* target, ReadOnlySpan<float> plane, int count, byte otherwise, float black, float white)
    {
        float scale = byte.MaxValue / (white - black);
        for (int i = 0; i < count; i++)
        {
            // NaN is black.
            float value = plane.IsEmpty ? 0 : (plane[i] - black) * scale + 0.5f;
            target[4 * i] = plane.IsEmpty ? otherwise : value >= byte.MaxValue ? byte.MaxValue : value > 0 ? (byte)value : (byte)0;
        }
    }
}

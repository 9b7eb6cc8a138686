namespace LivePool.Gpu.Display;

/// <summary>A rectangle of a framebuffer in pixels; the origin is the top left corner and y points down.</summary>
public readonly record struct PixelRectangle(int X, int Y, int Width, int Height);

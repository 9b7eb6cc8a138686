using System.Reflection;
using Silk.NET.Maths;
using Silk.NET.Windowing;

namespace LivePool.Windowing.Tests;

public class SilkApiTests
{
    private static string Table
    {
        get
        {
            using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("SilkApi.txt")!;
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
    }

    [Fact]
    public void Every_public_type_and_member_is_one_of_Silk_NETs()
    {
        string[] known = [.. PublicApi.Read(Table)];
        string[] declared = [.. PublicApi.Describe(typeof(Window).Assembly)];

        string[] strange = [.. declared.Except(known)];
        Assert.True(strange.Length == 0, $"Not in SilkApi.txt, so not in Silk.NET:\n{string.Join('\n', strange)}");

        string[] lost = [.. known.Except(declared)];
        Assert.True(lost.Length == 0, $"In SilkApi.txt, but not declared (any more):\n{string.Join('\n', lost)}");
        Assert.True(declared.Length > 250, $"Only {declared.Length} lines: the description misses members.");
    }

    [Fact]
    public void Default_options_are_Silk_NETs()
    {
        WindowOptions options = WindowOptions.Default;

        Assert.True(options.IsVisible);
        Assert.Equal(new Vector2D<int>(50, 50), options.Position);
        Assert.Equal(new Vector2D<int>(1280, 720), options.Size);
        Assert.Equal(Assembly.GetEntryAssembly()!.GetName().Name, options.Title);
        Assert.Equal(0, options.FramesPerSecond);
        Assert.Equal(0, options.UpdatesPerSecond);
        Assert.True(options.VSync);
        Assert.True(options.ShouldSwapAutomatically);
        Assert.False(options.IsEventDriven);
        Assert.Equal(WindowState.Normal, options.WindowState);
        Assert.Equal(WindowBorder.Resizable, options.WindowBorder);
        Assert.Null(options.PreferredDepthBufferBits);
        Assert.Null(options.Samples);
        Assert.False(options.TransparentFramebuffer);
        Assert.False(options.TopMost);
        AssertOpenGL33(options.API);
    }

    [Fact]
    public void Default_graphics_API_is_OpenGL_33_core_and_None_is_nothing()
    {
        AssertOpenGL33(GraphicsAPI.Default);
        Assert.Equal(ContextAPI.None, GraphicsAPI.None.API);

        var brief = new GraphicsAPI(ContextAPI.OpenGLES, new APIVersion(3, 1));
        Assert.Equal((ContextProfile.Core, ContextFlags.Default), (brief.Profile, brief.Flags));
        Assert.Equal((3, 1), (brief.Version.MajorVersion, brief.Version.MinorVersion));
    }

    private static void AssertOpenGL33(GraphicsAPI api)
    {
        Assert.Equal(
            (ContextAPI.OpenGL, ContextProfile.Core, ContextFlags.ForwardCompatible),
            (api.API, api.Profile, api.Flags));
        Assert.Equal((3, 3), (api.Version.MajorVersion, api.Version.MinorVersion));
    }
}

using System.Reflection;
using System.Runtime.ExceptionServices;
using LivePool.Unity.Stub;
using UnityEngine;

namespace LivePool.Unity.Tests;

/// <summary>A Unity that plays one component: the host of the library, a render thread with a device, and frames.</summary>
internal sealed class Player : IDisposable
{
    public Player(int renderer, Func<ITextureDevice> createDevice)
    {
        RenderThread = new RenderThread(createDevice);
        FakeHost.Load(renderer);
        Debug.Warnings.Clear();
        GL.Invalidations = 0;
    }

    public RenderThread RenderThread { get; }

    public LivePoolCamera Camera { get; } = new();

    /// <summary>Whether frames go on while the render thread works; else what they issue is done after each.</summary>
    public bool IsFree { get; set; }

    public void Enable() => Send("OnEnable");

    /// <summary>Frames of Unity's.</summary>
    public void Update(int frames = 1)
    {
        for (int i = 0; i < frames; i++)
        {
            Send("Update");
            if (!IsFree && !RenderThread.IsBehind)
                RenderThread.Wait();
        }
    }

    public void Disable()
    {
        Send("OnDisable");
        RenderThread.Wait();
    }

    public void Dispose()
    {
        Send("OnDisable");
        RenderThread.Issue(FakeHost.EndDevice);
        RenderThread.Wait();
        FakeHost.Unload();
        RenderThread.Dispose();
    }

    /// <summary>Calls one of Unity's messages, as Unity does by name.</summary>
    private void Send(string message)
    {
        try
        {
            typeof(LivePoolCamera).GetMethod(message, BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(Camera, null);
        }
        catch (TargetInvocationException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerException!);
        }
    }
}
